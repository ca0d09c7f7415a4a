package dev.voiceledger.webhook;

import static dev.voiceledger.webhook.OracleEvents.AS_SAID;
import static dev.voiceledger.webhook.OracleEvents.ENDS;
import static dev.voiceledger.webhook.OracleEvents.PEOPLE;
import static dev.voiceledger.webhook.OracleEvents.at;
import static dev.voiceledger.webhook.OracleEvents.columns;
import static dev.voiceledger.webhook.OracleEvents.millis;
import static dev.voiceledger.webhook.OracleEvents.name;
import static dev.voiceledger.webhook.OracleEvents.seconds;
import static dev.voiceledger.webhook.OracleEvents.text;
import static java.util.Comparator.comparing;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.stream.Stream;

/** One connection of somebody. */
record OraclePerson(List<JsonNode> events, Long callEnded) {
  private static final Set<String> MACHINES = Set.of("EGRESS", "INGRESS");

  static final Comparator<OraclePerson> FIRST =
      comparing(OraclePerson::joined).thenComparing(OraclePerson::sid);

  SortedMap<String, String> row() {
    JsonNode last = last();
    return columns(
        "participant_identity", identity(),
        "participant_name", text(last.path("name")),
        "kind", kind(),
        "participant_type", "AGENT".equals(kind()) ? "agent" : "user",
        "user_id", userId(),
        "joined_at", joined(),
        "left_at", left(),
        "duration_seconds", seconds(joined(), left()),
        "disconnect_reason", reason(),
        "is_muted", "f",
        "metadata", text(last.path("metadata")),
        "attributes", Rows.canonical(last.path("attributes").toString().replaceAll("^$", "{}")));
  }

  /** The participant as last described as a whole; missing where only tracks spoke of it. */
  private JsonNode last() {
    return events.stream()
        .filter(event -> PEOPLE.contains(name(event)))
        .max(AS_SAID)
        .map(event -> event.get("participant"))
        .orElse(Webhooks.JSON.missingNode());
  }

  String sid() {
    return events.getFirst().at("/participant/sid").textValue();
  }

  String identity() {
    return text(events.getFirst().at("/participant/identity"));
  }

  String who() {
    return identity() != null ? identity() : sid();
  }

  String kind() {
    return last().isMissingNode() ? null : last().path("kind").asText("STANDARD");
  }

  boolean machine() {
    return MACHINES.contains(kind()) || last().at("/permission/recorder").asBoolean();
  }

  private String userId() {
    String uuid = "([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})(:.*)?";
    return identity() != null && identity().matches(uuid) ? identity().substring(0, 36) : null;
  }

  /** Whoever was aborted never joined, whatever its joinedAt says. */
  Long joined() {
    return events.stream()
        .filter(e -> Set.of("participant_joined", "participant_left").contains(name(e)))
        .map(e -> Objects.requireNonNullElse(millis(e.get("participant"), "joinedAt"), at(e)))
        .min(Long::compare)
        .orElse(null);
  }

  private Stream<JsonNode> leavings() {
    return events.stream().filter(event -> ENDS.contains(name(event)));
  }

  private Long left() {
    return leavings().map(OracleEvents::at).max(Long::compare).orElse(callEnded);
  }

  private String reason() {
    return leavings()
        .max(AS_SAID)
        .map(event -> event.at("/participant/disconnectReason").asText("UNKNOWN_REASON"))
        .orElse(null);
  }
}
