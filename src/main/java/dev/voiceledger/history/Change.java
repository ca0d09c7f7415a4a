package dev.voiceledger.history;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.voiceledger.platform.Fields;
import dev.voiceledger.platform.Problem.Type;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** What a PATCH asks for: the fields that were given, each as it is to be; null empties one. */
final class Change implements Consumer<Call> {
  private static final int TITLE_MAX = 1_000;
  private static final int SUMMARY_MAX = 65_536;
  private static final int JSON_MAX = 65_536;
  private static final int NAME_MAX = 512;
  private static final int INVITED_MAX = 1_000;
  private static final Set<String> CONTEXTS =
      Set.of("onboarding", "goal", "task", "reschedule", "voice");
  private static final Set<String> INTENTS = Set.of("GOAL", "NEW_TASK", "RESCHEDULE_TASK");

  /** Keeps numbers to the last digit: what a change does not name stays as it is. */
  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .build();

  private Consumer<Call> changes = call -> {};

  private Change() {}

  static Change of(byte[] body) {
    Fields fields = Fields.of(body);
    Change change = new Change();
    change.set(fields, "title", fields.text("title", TITLE_MAX), (c, v) -> c.title = v);
    change.set(fields, "summary", fields.text("summary", SUMMARY_MAX), (c, v) -> c.summary = v);
    change.metadata(fields, fields.json("metadata", JSON_MAX));
    change.invited(fields, fields.uuids("invited_user_ids", INVITED_MAX));
    change.intent(fields);
    fields.andNoOther().done();
    return change;
  }

  private void intent(Fields fields) {
    set(fields, "context_type", fields.word("context_type", CONTEXTS), (c, v) -> c.contextType = v);
    set(
        fields,
        "voice_session_id",
        fields.text("voice_session_id", NAME_MAX),
        (c, v) -> c.voiceSessionId = v);
    set(
        fields,
        "extracted_intent",
        fields.word("extracted_intent", INTENTS),
        (c, v) -> c.extractedIntent = v);
    JsonNode payload = fields.json("intent_payload", JSON_MAX);
    String text = payload == null ? null : payload.toString();
    set(fields, "intent_payload", text, (c, v) -> c.intentPayload = v);
    set(fields, "linked_goal_id", fields.uuid("linked_goal_id"), (c, v) -> c.linkedGoalId = v);
    set(fields, "linked_task_id", fields.uuid("linked_task_id"), (c, v) -> c.linkedTaskId = v);
  }

  private <T> void set(Fields fields, String name, T value, BiConsumer<Call, T> setter) {
    if (fields.given(name)) {
      changes = changes.andThen(call -> setter.accept(call, value));
    }
  }

  private void invited(Fields fields, List<UUID> ids) {
    UUID[] invited = ids == null ? new UUID[0] : ids.toArray(UUID[]::new);
    set(fields, "invited_user_ids", invited, (c, v) -> c.invitedUserIds = v);
  }

  /** As RFC 7396 has it: keys that are not named stay, null takes one away. */
  private void metadata(Fields fields, JsonNode patch) {
    if (fields.given("metadata") && patch == null) {
      changes = changes.andThen(call -> call.metadata = "{}");
    } else if (patch != null) {
      changes = changes.andThen(call -> call.metadata = merged(call.metadata, patch));
    }
  }

  private static String merged(String metadata, JsonNode patch) {
    try {
      String merged = merge(JSON.readTree(metadata), patch).toString();
      if (merged.length() > JSON_MAX) {
        throw Type.INVALID_FIELDS.at("/metadata", "merged, at most " + JSON_MAX + " characters");
      }
      return merged;
    } catch (IOException e) {
      throw new IllegalStateException("jsonb is always JSON", e);
    }
  }

  private static JsonNode merge(JsonNode target, JsonNode patch) {
    if (!patch.isObject()) {
      return patch;
    }
    ObjectNode result =
        target.isObject() ? ((ObjectNode) target).deepCopy() : JSON.createObjectNode();
    for (var field : patch.properties()) {
      if (field.getValue().isNull()) {
        result.remove(field.getKey());
      } else {
        result.set(field.getKey(), merge(result.path(field.getKey()), field.getValue()));
      }
    }
    return result;
  }

  @Override
  public void accept(Call call) {
    changes.accept(call);
  }
}
