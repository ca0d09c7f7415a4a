package dev.voiceledger.webhook;

import static dev.voiceledger.webhook.OracleEvents.AS_SAID;
import static dev.voiceledger.webhook.OracleEvents.EGRESS;
import static dev.voiceledger.webhook.OracleEvents.LIFE;
import static dev.voiceledger.webhook.OracleEvents.PEOPLE;
import static dev.voiceledger.webhook.OracleEvents.TRACKS;
import static dev.voiceledger.webhook.OracleEvents.at;
import static dev.voiceledger.webhook.OracleEvents.columns;
import static dev.voiceledger.webhook.OracleEvents.millis;
import static dev.voiceledger.webhook.OracleEvents.name;
import static dev.voiceledger.webhook.OracleEvents.roomSid;
import static dev.voiceledger.webhook.OracleEvents.seconds;
import static dev.voiceledger.webhook.OracleEvents.speaksOfACall;
import static dev.voiceledger.webhook.OracleEvents.text;
import static java.util.Comparator.comparing;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a person who has all events of a call before them would write down: the laws of DESIGN §3,
 * once more and in another way. Single-threaded, over whole sets of events instead of one after the
 * other, with nothing of the service's code; its rows have the form of {@link Rows}.
 */
public final class Oracle {
  private final SortedMap<String, SortedMap<String, String>> rows = new TreeMap<>();

  private Oracle() {}

  /** The rows that follow from a set of events: calls, participants, recordings. */
  public static SortedMap<String, SortedMap<String, String>> rows(Collection<Webhooks> events) {
    Oracle oracle = new Oracle();
    Map<String, JsonNode> once = new HashMap<>();
    events.forEach(event -> once.put(event.json().get("id").textValue(), event.json()));
    once.values().stream()
        .filter(OracleEvents::speaksOfACall)
        .collect(Collectors.groupingBy(OracleEvents::roomSid))
        .forEach(oracle::call);
    return oracle.rows;
  }

  /** The inbox that follows: one row an id, as sent but for the secret. */
  public static SortedMap<String, SortedMap<String, String>> inbox(
      Collection<Webhooks> events, String secret) {
    SortedMap<String, SortedMap<String, String>> rows = new TreeMap<>();
    for (Webhooks webhook : events) {
      JsonNode event = webhook.json();
      boolean applied = speaksOfACall(event);
      rows.put(
          "inbox " + event.get("id").textValue(),
          columns(
              "event", name(event),
              "room_sid", roomSid(event),
              "state", applied ? "applied" : "ignored",
              "created_at", at(event),
              "body", event.toString().replace(secret, "*".repeat(secret.length())),
              "applied", applied ? "t" : "f",
              "of_its_call", "t"));
    }
    return rows;
  }

  private void call(String sid, List<JsonNode> events) {
    Long ended = ended(events);
    Map<String, OraclePerson> people = people(events, ended);
    people.forEach((p, person) -> rows.put("participant " + sid + " " + p, person.row()));
    Map<String, OracleRecording> recordings =
        events.stream()
            .filter(event -> EGRESS.contains(name(event)))
            .collect(
                Collectors.groupingBy(
                    event -> event.at("/egressInfo/egressId").textValue(),
                    Collectors.collectingAndThen(Collectors.toList(), OracleRecording::new)));
    recordings.forEach((e, recording) -> rows.put("recording " + sid + " " + e, recording.row()));
    Life life = new Life(events, ended, people.values());
    SortedMap<String, String> row = life.row();
    row.put("session_id", sid);
    row.put("recording_url", String.valueOf(firstUrl(recordings)));
    rows.put("call " + sid, row);
  }

  /** The latest end that LiveKit reported holds, unless the room was started again after it. */
  private static Long ended(List<JsonNode> events) {
    Long finished = latest(events, "room_finished");
    Long started = latest(events, "room_started");
    return finished != null && started != null && started > finished ? null : finished;
  }

  private static Long latest(List<JsonNode> events, String name) {
    return events.stream()
        .filter(event -> name(event).equals(name))
        .map(OracleEvents::at)
        .max(Comparator.naturalOrder())
        .orElse(null);
  }

  private static Map<String, OraclePerson> people(List<JsonNode> events, Long ended) {
    return events.stream()
        .filter(event -> PEOPLE.contains(name(event)) || TRACKS.contains(name(event)))
        .collect(
            Collectors.groupingBy(
                event -> event.at("/participant/sid").textValue(),
                Collectors.collectingAndThen(
                    Collectors.toList(), all -> new OraclePerson(all, ended))));
  }

  private static String firstUrl(Map<String, OracleRecording> recordings) {
    return recordings.entrySet().stream()
        .filter(recording -> recording.getValue().url() != null)
        .min(
            comparing(
                    (Map.Entry<String, OracleRecording> r) -> r.getValue().startedAt(),
                    Comparator.nullsLast(Comparator.naturalOrder()))
                .thenComparing(Map.Entry::getKey))
        .map(recording -> recording.getValue().url())
        .orElse(null);
  }

  /** The call itself. */
  private record Life(List<JsonNode> events, Long ended, Collection<OraclePerson> people) {

    SortedMap<String, String> row() {
      Long connected = connected().map(OraclePerson::joined).min(Long::compare).orElse(null);
      boolean over = ended != null;
      boolean reached = connected != null;
      return columns(
          "room_name",
          first(event -> text(event.at("/room/name"))),
          "room_metadata",
          metadata(),
          "started_at",
          started(),
          "connected_at",
          connected,
          "ended_at",
          ended,
          "status",
          over ? reached ? "completed" : "failed" : reached ? "active" : "pending",
          "end_reason",
          over ? reached ? "room_finished" : "never_connected" : null,
          "duration_seconds",
          seconds(connected, ended),
          "participant_count",
          connected().map(OraclePerson::who).distinct().count(),
          "ai_agent_used",
          agents().isEmpty() ? "f" : "t",
          "agent_name",
          agents().stream().min(OraclePerson.FIRST).map(OraclePerson::identity).orElse(null),
          "metadata",
          "{}");
    }

    private List<OraclePerson> agents() {
      return people.stream().filter(p -> p.joined() != null && p.kind().equals("AGENT")).toList();
    }

    private Stream<OraclePerson> connected() {
      return people.stream().filter(person -> person.joined() != null && !person.machine());
    }

    /** The room's creation; the first event while nobody has said that. */
    private Long started() {
      Long created = first(event -> millis(event.at("/room"), "creationTime"));
      return created != null
          ? created
          : events.stream().map(OracleEvents::at).min(Long::compare).get();
    }

    private <T> T first(Function<JsonNode, T> field) {
      return events.stream().map(field).filter(Objects::nonNull).findFirst().orElse(null);
    }

    private String metadata() {
      return events.stream()
          .filter(event -> LIFE.contains(name(event)) || PEOPLE.contains(name(event)))
          .max(AS_SAID)
          .map(event -> text(event.at("/room/metadata")))
          .orElse(null);
    }
  }
}
