package dev.voiceledger.message;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import dev.voiceledger.call.RoomSid;
import dev.voiceledger.platform.Fields;
import java.math.BigDecimal;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * The body of a post: one message, or {@code {"messages": […]}}. A call that stands beside the list
 * is that of every message that names none.
 */
record PostBody(boolean batch, List<Said> messages) {
  static final int MESSAGES_MAX = 500;
  private static final int CONTENT_MAX = 2_000_000;
  private static final int NAME_MAX = 1_024;

  /** Of a segment, which is in a key: an index takes 2,704 bytes. */
  private static final int SEGMENT_BYTES_MAX = 2_000;

  private static final int URL_MAX = 4_096;
  private static final int JSON_MAX = 262_144;
  private static final int TOKENS_MAX = 10_000_000;
  private static final int LATENCY_MS_MAX = 86_400_000;
  private static final int NUMBER_MAX = 1_000_000_000;
  private static final BigDecimal COST_USD_MAX = new BigDecimal("10000");
  private static final int COST_DIGITS = 6;
  private static final Set<String> ROLES = Set.of("user", "assistant", "system", "function");

  /** As the route of the seed has it; rows written by SQL are text. */
  private static final String MODALITY = "voice";

  private static final Set<String> MODALITIES = Set.of("voice", "text");
  private static final List<String> CALL =
      List.of("call_id", "conversation_id", "session_id", "room_sid");

  static PostBody of(byte[] body) {
    Fields fields = Fields.of(body);
    String call = call(fields);
    if (!fields.given("messages")) {
      Said said = said(fields, call);
      fields.andNoOther().done();
      return new PostBody(false, List.of(said));
    }
    List<Fields> messages = fields.objects("messages", MESSAGES_MAX);
    if (messages.isEmpty()) {
      fields.wrong("messages", "1 to " + MESSAGES_MAX + " messages");
    }
    List<Said> all = messages.stream().map(one -> inList(one, call)).toList();
    fields.andNoOther().done();
    return new PostBody(true, all);
  }

  private static Said inList(Fields one, String beside) {
    String own = call(one);
    Said said = said(one, own == null ? beside : own);
    one.andNoOther();
    return said;
  }

  /** The first that is given; the others must be other names of the same call. */
  private static String call(Fields fields) {
    String found = null;
    UUID id = null;
    for (String name : CALL) {
      boolean uuid = name.equals("call_id") || name.equals("conversation_id");
      Object given = uuid ? fields.uuid(name) : fields.text(name, NAME_MAX);
      UUID named = given instanceof UUID own ? own : RoomSid.callIdOf((String) given);
      if (id != null && named != null && !id.equals(named)) {
        fields.wrong(name, "another call than the one that is named beside it");
      }
      id = id == null ? named : id;
      found = found == null && given != null ? given.toString() : found;
    }
    return found;
  }

  private static Said said(Fields fields, String call) {
    if (call == null && CALL.stream().noneMatch(fields::isWrong)) {
      fields.wrong("call_id", "name the call: call_id, session_id or room_sid");
    }
    JsonNode metadata = fields.json("metadata", JSON_MAX);
    String modality = fields.word("input_modality", MODALITIES);
    return new Said(
        call,
        fields.uuid("id"),
        segment(fields),
        required(fields, "role", fields.word("role", ROLES)),
        required(fields, "content", fields.text("content", CONTENT_MAX)),
        modality == null ? MODALITY : modality,
        fields.integer("sequence_number", 0, NUMBER_MAX),
        fields.time("timestamp"),
        fields.text("participant_identity", NAME_MAX),
        fields.flag("final", true),
        fields.flag("interrupted", false),
        fields.text("audio_url", URL_MAX),
        fields.text("provider", NAME_MAX),
        fields.text("model_used", NAME_MAX),
        fields.integer("tokens_used", 0, TOKENS_MAX),
        fields.integer("input_tokens", 0, TOKENS_MAX),
        fields.integer("output_tokens", 0, TOKENS_MAX),
        fields.decimal("cost_usd", COST_USD_MAX, COST_DIGITS),
        fields.integer("latency_ms", 0, LATENCY_MS_MAX),
        metadata == null ? "{}" : metadata.toString());
  }

  private static String segment(Fields fields) {
    String segment = fields.text("segment_id", NAME_MAX);
    if (segment != null && segment.getBytes(UTF_8).length > SEGMENT_BYTES_MAX) {
      return fields.wrong("segment_id", "text of at most " + SEGMENT_BYTES_MAX + " bytes in UTF-8");
    }
    if (segment != null && (segment.isEmpty() || segment.startsWith("id:"))) {
      return fields.wrong("segment_id", "not empty, and not beginning with id:");
    }
    return segment;
  }

  private static String required(Fields fields, String name, String value) {
    return value == null && !fields.isWrong(name) ? fields.wrong(name, "is needed") : value;
  }
}
