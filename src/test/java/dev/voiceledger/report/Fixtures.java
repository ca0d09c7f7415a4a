package dev.voiceledger.report;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/** Reports as LiveKit's libraries wrote them: src/test/resources/reports. */
final class Fixtures {
  static final String PATH = "/api/v1/livekit/session-reports";

  private static final JsonMapper JSON =
      JsonMapper.builder().enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS).build();

  private Fixtures() {}

  /** To the byte as it was written. */
  static String bytes(String name) {
    try {
      return Files.readString(Path.of("src/test/resources/reports", name), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static ObjectNode tree(String name) {
    try {
      return (ObjectNode) JSON.readTree(bytes(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The same of another room, and so of another call. */
  static ObjectNode of(String name, String sid) {
    return tree(name).put("room_id", sid);
  }

  static String freshSid() {
    return "RM_" + UUID.randomUUID().toString().replace("-", "").substring(0, 12);
  }

  /** A report of one's own with these items and usage rows. */
  static String report(String sid, String items, String usage) {
    return """
    {"job_id": "AJ_1", "room_id": "%s", "room": "r", "timestamp": 1764150021.5,
     "chat_history": {"items": [%s]}, "usage": [%s]}\
    """
        .formatted(sid, items, usage);
  }

  static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
