package dev.voiceledger.livekit;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What somebody who watched the calls of {@code scenario.mjs} wrote down. It comes from clients and
 * from LiveKit's API, never from a webhook, so that the rows can be held against it.
 */
public record Notebook(List<Call> calls) {
  private static final Set<String> RECORDERS = Set.of("egress", "ingress");
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .findAndAddModules()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();

  /**
   * Reads it from the last line that the scenario wrote.
   *
   * @param lines its standard output
   */
  public static Notebook of(List<String> lines) {
    try {
      return JSON.readValue(lines.getLast(), Notebook.class);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public List<String> roomSids() {
    return calls.stream().map(Call::roomSid).toList();
  }

  /** How many events of which name LiveKit sends of which room. */
  public Map<String, Long> events() {
    Map<String, Long> events = new TreeMap<>();
    for (Call call : calls) {
      long came = call.connected().count();
      events.put(call.roomSid() + " room_started", 1L);
      events.put(call.roomSid() + " room_finished", 1L);
      events.put(call.roomSid() + " participant_joined", came);
      events.put(call.roomSid() + " participant_left", came);
      events.put(call.roomSid() + " participant_connection_aborted", call.people().size() - came);
      events.put(call.roomSid() + " track_published", (long) call.tracks().size());
      events.put(call.roomSid() + " track_unpublished", (long) call.tracks().size());
    }
    events.values().removeIf(count -> count == 0);
    return events;
  }

  public long eventCount() {
    return events().values().stream().mapToLong(Long::longValue).sum();
  }

  /** One room session. */
  public record Call(
      String room,
      String roomSid,
      String metadata,
      Instant createdAt,
      Instant finishedAt,
      List<Person> people,
      List<Track> tracks) {

    /** Those who got through, recorders among them. */
    Stream<Person> connected() {
      return people.stream().filter(person -> !person.neverActive());
    }

    /** Those who got through and were there to talk. */
    Stream<Person> talkers() {
      return connected().filter(person -> !RECORDERS.contains(person.kind()));
    }

    Instant connectedAt() {
      return talkers().map(Person::joinedAt).min(Instant::compareTo).orElse(null);
    }

    int identities() {
      return (int) talkers().map(Person::identity).distinct().count();
    }

    String agent() {
      return talkers()
          .filter(person -> Objects.equals(person.kind(), "agent"))
          .map(Person::identity)
          .findFirst()
          .orElse(null);
    }
  }

  /** One connection of somebody. */
  public record Person(
      String participantSid,
      String identity,
      String name,
      String kind,
      String metadata,
      Map<String, String> attributes,
      Instant joinedAt,
      Instant leftAt,
      String disconnectReason,
      boolean neverActive) {}

  /** One track, published and unpublished. */
  public record Track(String trackSid) {}
}
