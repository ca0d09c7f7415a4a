package dev.voiceledger.report;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.voiceledger.message.Said;
import java.time.Instant;
import java.util.UUID;

/**
 * From an item of LiveKit's chat history to a message. Nothing fails here: a report is made by a
 * machine after the call, so what has no place of its own, or is odd, is kept in the metadata.
 */
final class ItemReader {
  private static final int SEGMENT_MAX = 1_024;

  /** It is in a key: an index takes 2,704 bytes. */
  private static final int SEGMENT_BYTES_MAX = 2_000;

  private static final int NAME_MAX = 1_024;
  private static final long LATENCY_MS_MAX = 86_400_000;
  private static final String OWN_SEGMENTS = "id:";

  private ItemReader() {}

  /**
   * Reads one item.
   *
   * @param given a tree of its own, which is used up
   * @param callId of the call that it belongs to
   */
  static Said of(ObjectNode given, UUID callId) {
    String segment = segment(given);
    ObjectNode rest = Names.snakeCase(given);
    rest.remove("id");
    Instant said = Moment.of(rest.get("created_at"));
    if (said != null) {
      rest.remove("created_at");
    }
    boolean interrupted = rest.path("interrupted").asBoolean();
    rest.remove("interrupted");
    return said(callId, segment, said, interrupted, Wording.of(rest), rest);
  }

  private static Said said(
      UUID callId,
      String segment,
      Instant said,
      boolean interrupted,
      Wording wording,
      ObjectNode rest) {
    return new Said(
        callId.toString(),
        id(segment),
        segment,
        wording.role(),
        wording.content(),
        "text".equals(rest.path("input_modality").textValue()) ? "text" : "voice",
        null,
        said,
        null,
        true,
        interrupted,
        null,
        name(model(wording, rest).path("model_provider")),
        name(model(wording, rest).path("model_name")),
        null,
        null,
        null,
        null,
        latencyMs(rest.path("metrics")),
        Metadata.of(rest));
  }

  /** What heard a person, or what thought of the answer. */
  private static JsonNode model(Wording wording, ObjectNode rest) {
    String of = wording.role().equals("user") ? "stt_metadata" : "llm_metadata";
    return rest.path("metrics").path(of);
  }

  /** The item's id; for one without, or with one that is none of ours, what it says stands in. */
  private static String segment(ObjectNode item) {
    String id = item.path("id").asText("");
    boolean usable =
        !id.isBlank()
            && id.length() <= SEGMENT_MAX
            && id.getBytes(UTF_8).length <= SEGMENT_BYTES_MAX
            && !id.startsWith(OWN_SEGMENTS);
    return usable ? id : "item:" + UUID.nameUUIDFromBytes(item.toString().getBytes(UTF_8));
  }

  /** Whoever posts an item live under its id means the same message, if the id is a uuid. */
  private static UUID id(String segment) {
    try {
      UUID id = UUID.fromString(segment);
      return id.toString().equalsIgnoreCase(segment) ? id : null;
    } catch (IllegalArgumentException none) {
      return null;
    }
  }

  /** From the end of what the other said to the first sound, else to the first token. */
  private static Integer latencyMs(JsonNode metrics) {
    JsonNode whole = metrics.path("e2e_latency");
    JsonNode seconds = whole.isNumber() ? whole : metrics.path("llm_node_ttft");
    long milliseconds = seconds.isNumber() ? Math.round(seconds.doubleValue() * 1e3) : -1;
    return milliseconds >= 0 && milliseconds <= LATENCY_MS_MAX
        ? (Integer) (int) milliseconds
        : null;
  }

  private static String name(JsonNode value) {
    String name = value.asText("");
    return name.isEmpty() || name.length() > NAME_MAX ? null : name;
  }
}
