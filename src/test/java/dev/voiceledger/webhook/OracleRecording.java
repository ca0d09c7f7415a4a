package dev.voiceledger.webhook;

import static dev.voiceledger.webhook.OracleEvents.columns;
import static dev.voiceledger.webhook.OracleEvents.number;
import static dev.voiceledger.webhook.OracleEvents.text;
import static java.util.Comparator.comparing;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.stream.Stream;

/** One egress: the furthest status holds, and of two alike the one said later. */
record OracleRecording(List<JsonNode> events) {
  private static final List<String> STEPS =
      List.of("EGRESS_STARTING", "EGRESS_ACTIVE", "EGRESS_ENDING");

  SortedMap<String, String> row() {
    JsonNode last = last();
    JsonNode file = last.at("/fileResults/0");
    Long nanos = number(file.path("duration"));
    return columns(
        "status", status(last),
        "url", url(),
        "started_at", startedAt(),
        "ended_at", times("endedAt").max(Long::compare).orElse(null),
        "duration_seconds", nanos == null ? null : nanos / 1_000_000_000,
        "size_bytes", number(file.path("size")),
        "error", text(last.path("error")));
  }

  private static String status(JsonNode egress) {
    return egress.path("status").asText("EGRESS_STARTING");
  }

  private JsonNode last() {
    return events.stream()
        .max(
            comparing((JsonNode event) -> step(event.get("egressInfo")))
                .thenComparing(event -> number(event.at("/egressInfo/updatedAt")) / 1_000_000)
                .thenComparing(event -> event.get("id").textValue()))
        .map(event -> event.get("egressInfo"))
        .get();
  }

  private static int step(JsonNode egress) {
    int step = STEPS.indexOf(status(egress));
    return step < 0 ? STEPS.size() : step;
  }

  String url() {
    boolean done = Set.of("EGRESS_COMPLETE", "EGRESS_LIMIT_REACHED").contains(status(last()));
    return done ? text(last().at("/fileResults/0/location")) : null;
  }

  Long startedAt() {
    return times("startedAt").min(Long::compare).orElse(null);
  }

  private Stream<Long> times(String field) {
    return events.stream()
        .map(event -> number(event.at("/egressInfo/" + field)))
        .filter(Objects::nonNull)
        .map(nanos -> nanos / 1_000_000);
  }
}
