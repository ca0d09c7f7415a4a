package dev.voiceledger.webhook;

import static java.util.Comparator.comparing;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Comparator;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/** How {@link Oracle} reads an event, and writes a row. */
final class OracleEvents {
  static final Set<String> LIFE = Set.of("room_started", "room_finished");
  static final Set<String> PEOPLE =
      Set.of("participant_joined", "participant_left", "participant_connection_aborted");
  static final Set<String> TRACKS = Set.of("track_published", "track_unpublished");
  static final Set<String> EGRESS = Set.of("egress_started", "egress_updated", "egress_ended");
  static final Set<String> ENDS =
      Set.of("room_finished", "participant_left", "participant_connection_aborted");

  /** What was said later; within one second, what comes later by nature; then by id. */
  static final Comparator<JsonNode> AS_SAID =
      comparing(OracleEvents::at)
          .thenComparing((JsonNode event) -> ENDS.contains(name(event)))
          .thenComparing((JsonNode event) -> event.get("id").textValue());

  private OracleEvents() {}

  static boolean speaksOfACall(JsonNode event) {
    boolean known =
        Stream.of(LIFE, PEOPLE, TRACKS, EGRESS).anyMatch(names -> names.contains(name(event)));
    return known && roomSid(event) != null;
  }

  static String roomSid(JsonNode event) {
    String sid = text(event.at("/room/sid"));
    return sid != null ? sid : text(event.at("/egressInfo/roomId"));
  }

  static String name(JsonNode event) {
    return event.path("event").textValue();
  }

  static Long at(JsonNode event) {
    return number(event.get("createdAt")) * 1000;
  }

  static Long millis(JsonNode node, String seconds) {
    Long exact = number(node.path(seconds + "Ms"));
    Long whole = number(node.path(seconds));
    return exact != null ? exact : whole == null ? null : Long.valueOf(whole * 1000);
  }

  static Long number(JsonNode node) {
    return node.isMissingNode() ? null : Long.valueOf(node.asText());
  }

  static String text(JsonNode node) {
    return node.textValue();
  }

  /** Whole seconds, cut off, never negative. */
  static Long seconds(Long from, Long to) {
    return from == null || to == null ? null : Math.max(0, Math.floorDiv(to - from, 1000L));
  }

  static SortedMap<String, String> columns(Object... values) {
    SortedMap<String, String> row = new TreeMap<>();
    for (int i = 0; i < values.length; i += 2) {
      row.put((String) values[i], String.valueOf(values[i + 1]));
    }
    return row;
  }
}
