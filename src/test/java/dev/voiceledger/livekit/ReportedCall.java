package dev.voiceledger.livekit;

import static dev.voiceledger.livekit.ServiceBesideLiveKit.until;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.restassured.path.json.JsonPath;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.StreamSupport;

/**
 * Holds the rows of a call against the report of its agent. What they must say is read from the
 * report here, and nothing of the service's code is asked.
 */
final class ReportedCall {
  private static final BigDecimal MS = BigDecimal.valueOf(1_000);

  private static final String ROLES =
      "select role::text, count(*) from voice_messages where call_id = ? group by role";

  private final ServiceBesideLiveKit both;
  private final String token;
  private final String callId;
  private final JsonNode report;
  private final List<JsonNode> items;

  ReportedCall(ServiceBesideLiveKit both, String token, String callId, String report)
      throws Exception {
    this.both = both;
    this.token = token;
    this.callId = callId;
    this.report = new ObjectMapper().readTree(report);
    this.items =
        StreamSupport.stream(this.report.at("/chat_history/items").spliterator(), false).toList();
  }

  JsonPath messages() {
    return both.as(token).queryParam("limit", 200).get("/calls/{id}/messages", callId).jsonPath();
  }

  JsonPath usage() {
    return both.as(token).get("/calls/{id}/usage", callId).jsonPath();
  }

  String agent() {
    return "agent-" + report.path("job_id").asText();
  }

  /** How many items there are of each type, and how many were interrupted. */
  Map<String, Integer> counts() {
    Map<String, Integer> counts = new TreeMap<>();
    for (JsonNode item : items) {
      counts.merge(item.path("type").asText(), 1, Integer::sum);
      counts.merge("interrupted", item.path("interrupted").asBoolean() ? 1 : 0, Integer::sum);
    }
    return counts;
  }

  /** Every item is one message, and there are no others. */
  void assertMessages() throws SQLException {
    Map<String, Map<String, ?>> rows = new HashMap<>();
    List<Map<String, ?>> all = messages().getList("data");
    all.forEach(row -> rows.put((String) row.get("segment_id"), row));
    assertEquals(items.size(), all.size());
    Map<String, Integer> roles = new TreeMap<>();
    for (JsonNode item : items) {
      Map<String, ?> row = rows.get(item.path("id").asText());
      assertTrue(row != null, "no row of " + item);
      assertSays(item, row);
      roles.merge(role(item), 1, Integer::sum);
    }
    assertEquals(roles, rolesInTable());
  }

  private void assertSays(JsonNode item, Map<String, ?> row) {
    String why = item + " " + row;
    assertEquals(role(item), row.get("role"), why);
    assertEquals(item.path("interrupted").asBoolean(), row.get("interrupted"), why);
    assertEquals(true, row.get("final"), why);
    assertEquals("agent:" + agent(), row.get("posted_by"), why);
    long said =
        item.path("created_at")
            .decimalValue()
            .multiply(MS)
            .setScale(0, RoundingMode.DOWN)
            .longValue();
    long kept = Instant.parse((String) row.get("timestamp")).toEpochMilli();
    assertTrue(Math.abs(said - kept) <= 1, why);
    assertWords(item, (String) row.get("content"), (Map<?, ?>) row.get("metadata"), why);
  }

  private static void assertWords(JsonNode item, String content, Map<?, ?> metadata, String why) {
    switch (item.path("type").asText()) {
      case "message" -> assertEquals(words(item), content, why);
      case "function_call" -> {
        assertTrue(content.contains(item.path("name").asText()), why);
        assertTrue(content.contains(item.path("arguments").asText()), why);
        assertEquals(item.path("call_id").asText(), metadata.get("call_id"), why);
      }
      case "function_call_output" -> {
        assertEquals(item.path("output").asText(), content, why);
        assertEquals(item.path("call_id").asText(), metadata.get("call_id"), why);
      }
      case "agent_handoff" ->
          assertEquals(item.path("new_agent_id").asText(), metadata.get("new_agent_id"), why);
      default -> assertEquals(item.path("type").asText(), metadata.get("type"), why);
    }
  }

  private static String role(JsonNode item) {
    return switch (item.path("type").asText()) {
      case "message" -> item.path("role").asText().replace("developer", "system");
      case "function_call", "function_call_output" -> "function";
      default -> "system";
    };
  }

  private static String words(JsonNode item) {
    return String.join(
        "\n",
        StreamSupport.stream(item.path("content").spliterator(), false)
            .map(JsonNode::asText)
            .toList());
  }

  private Map<String, Integer> rolesInTable() throws SQLException {
    Map<String, Integer> roles = new TreeMap<>();
    try (Connection connection = both.database.superuser();
        PreparedStatement counts = connection.prepareStatement(ROLES)) {
      counts.setObject(1, UUID.fromString(callId));
      ResultSet rows = counts.executeQuery();
      while (rows.next()) {
        roles.put(rows.getString(1), rows.getInt(2));
      }
    }
    return roles;
  }

  /** Usage is as reported; the totals of the call are those of its language models alone. */
  void assertUsage() {
    List<Map<String, ?>> rows = usage().getList("data");
    assertEquals(report.path("usage").size(), rows.size());
    long input = 0;
    long output = 0;
    for (JsonNode used : report.path("usage")) {
      Map<String, ?> row =
          rows.stream()
              .filter(one -> one.get("type").equals(used.path("type").asText()))
              .filter(one -> one.get("model").equals(used.path("model").asText()))
              .findFirst()
              .orElseThrow();
      assertEquals(used.path("provider").asText(), row.get("provider"));
      assertEquals(used.path("input_tokens").asInt(), row.get("input_tokens"));
      assertEquals(used.path("output_tokens").asInt(), row.get("output_tokens"));
      boolean llm = used.path("type").asText().equals("llm_usage");
      input += llm ? used.path("input_tokens").asInt() : 0;
      output += llm ? used.path("output_tokens").asInt() : 0;
    }
    JsonPath call = both.call(token, callId);
    assertTrue(input > 0 && output > 0, "no usage of a language model");
    assertEquals(input, call.getLong("input_tokens"));
    assertEquals(output, call.getLong("output_tokens"));
    assertEquals(input + output, call.getLong("total_tokens_used"));
  }

  /** The call is over and nothing more is expected. */
  JsonPath complete() throws InterruptedException {
    JsonPath call =
        until(
            "complete",
            () -> both.call(token, callId),
            is -> is.getString("completeness").equals("complete"));
    assertEquals("completed", call.getString("status"));
    assertEquals("room_finished", call.getString("end_reason"));
    assertEquals(items.size(), call.getInt("message_count"));
    return call;
  }
}
