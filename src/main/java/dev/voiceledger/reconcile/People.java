package dev.voiceledger.reconcile;

import static java.util.Comparator.comparing;
import static java.util.stream.Collectors.groupingBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.voiceledger.call.RoomSid;
import dev.voiceledger.livekit.Listings;
import dev.voiceledger.livekit.LiveKitFailure;
import dev.voiceledger.reconcile.NewsStore.News;
import dev.voiceledger.reconcile.RowsStore.Present;
import dev.voiceledger.webhook.Finding;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/** Participants of open calls against those in live rooms. */
final class People {
  /** In one pass; those that were not looked at for the longest time come first. */
  static final int ROOMS_MAX = 500;

  static final int CONCURRENT_MAX = 4;
  private static final int BATCH = 32;

  private final Listings listings;
  private final NewsStore news;
  private final RowsStore rows;
  private final Duration grace;
  private final Missing<Who> missing;

  People(Listings listings, NewsStore news, RowsStore rows, Duration grace) {
    this.listings = listings;
    this.news = news;
    this.rows = rows;
    this.grace = grace;
    this.missing = new Missing<>(grace);
  }

  private record Who(UUID call, String sid) {}

  /** A room and who is in it. */
  private record Crowd(UUID call, JsonNode room, List<JsonNode> people) {
    boolean has(String sid) {
      return people.stream()
          .anyMatch(one ->
              one.path("sid").asText().equals(sid)
                  && !one.path("state").asText().equals("DISCONNECTED"));
    }
  }

  /** Whether some were missing once. */
  boolean doubts() {
    return !missing.isEmpty();
  }

  void forgetDoubts() {
    missing.clear();
  }

  /** Which rooms to look into, in the order of need: doubts first. */
  List<JsonNode> next(Collection<JsonNode> rooms, Memory memory) {
    Set<UUID> live = rooms.stream().map(People::call).collect(Collectors.toSet());
    missing.keep(
        missing.keys().stream().filter(who -> live.contains(who.call)).collect(Collectors.toSet()));
    Set<UUID> doubted = missing.keys().stream().map(Who::call).collect(Collectors.toSet());
    Comparator<JsonNode> order =
        comparing((JsonNode room) -> !doubted.contains(call(room)))
            .thenComparing(room -> memory.peopleSeen(call(room)));
    return rooms.stream().sorted(order).limit(ROOMS_MAX).toList();
  }

  private static UUID call(JsonNode room) {
    return RoomSid.callId(room.path("sid").asText());
  }

  /** What the rows do not know; asks about some rooms at a time, the first of them in any case. */
  List<Finding> compare(PassClock clock, List<JsonNode> rooms, Memory memory) {
    List<Finding> findings = new ArrayList<>();
    for (int i = 0; i < rooms.size() && (i == 0 || clock.hasTime()); i += BATCH) {
      List<JsonNode> batch = rooms.subList(i, Math.min(rooms.size(), i + BATCH));
      Instant at = clock.now();
      List<Crowd> crowds = Waiting.on(() -> crowds(batch));
      List<Finding> found = new ArrayList<>(unknown(at, crowds));
      found.addAll(gone(at, crowds, memory));
      findings.addAll(ofTheSameRooms(batch, found));
      crowds.forEach(crowd -> memory.peopleSeen(crowd.call, at));
    }
    return findings;
  }

  private Uni<List<Crowd>> crowds(List<JsonNode> rooms) {
    return Multi.createFrom()
        .iterable(rooms)
        .onItem()
        .transformToUni(this::crowd)
        .merge(CONCURRENT_MAX)
        .collect()
        .asList();
  }

  /** A room whose list is too long for us is left out; it is nobody's end. */
  private Uni<Crowd> crowd(JsonNode room) {
    return listings
        .participants(room.path("name").asText())
        .map(people -> new Crowd(call(room), room, people))
        .onFailure(failure -> failure instanceof LiveKitFailure met && met.isTooLong())
        .recoverWithNull();
  }

  private List<Finding> unknown(Instant at, List<Crowd> crowds) {
    List<Finding> listed = new ArrayList<>();
    for (Crowd crowd : crowds) {
      for (JsonNode participant : crowd.people) {
        if (participant.path("state").asText().equals("ACTIVE")) {
          add(listed, at, crowd.room, participant);
        }
      }
    }
    return Waiting.on(() -> news.ofPeople(listed)).stream()
        .filter(one -> !one.unknown() || !isYoung(at, one))
        .map(News::finding)
        .toList();
  }

  /** Who cannot be read is there all the same. */
  private static void add(List<Finding> listed, Instant at, JsonNode room, JsonNode participant) {
    try {
      listed.add(Finding.participantListed(at, room, participant));
    } catch (IllegalArgumentException unreadable) {
      // What there is to say of them, LiveKit says in words that this version does not know.
    }
  }

  private boolean isYoung(Instant at, News participant) {
    return participant.finding().facts().participant().joinedAt().isAfter(at.minus(grace));
  }

  private List<Finding> gone(Instant at, List<Crowd> crowds, Memory memory) {
    Map<UUID, Crowd> byCall =
        crowds.stream().collect(Collectors.toMap(Crowd::call, crowd -> crowd));
    List<Present> present = Waiting.on(() -> rows.present(byCall.keySet()));
    Set<Who> stay = new HashSet<>(missing.keys());
    stay.removeIf(who -> byCall.containsKey(who.call));
    List<Finding> findings = new ArrayList<>();
    for (Present one : present) {
      Who who = new Who(one.callId(), one.sid());
      Crowd crowd = byCall.get(one.callId());
      if (!crowd.has(one.sid())) {
        stay.add(who);
        missing
            .miss(who, at, one.lastSeenAt(memory.peopleSeen(one.callId())))
            .map(last -> last.isAfter(one.lastAliveAt()) ? last : one.lastAliveAt())
            .map(last -> Finding.participantGone(at, crowd.room, one.sid(), one.identity(), last))
            .ifPresent(findings::add);
      }
    }
    missing.keep(stay);
    return findings;
  }

  /**
   * People are listed by the room's name: where another room has it by now, they are not of this
   * call. A sid is never given twice, so a room that is there before and after was there between.
   */
  private List<Finding> ofTheSameRooms(List<JsonNode> rooms, List<Finding> found) {
    if (found.isEmpty()) {
      return found;
    }
    Map<String, List<Finding>> bySid =
        found.stream().collect(groupingBy(finding -> finding.facts().call().roomSid()));
    List<String> names =
        rooms.stream()
            .filter(room -> bySid.containsKey(room.path("sid").asText()))
            .map(room -> room.path("name").asText())
            .toList();
    bySid.keySet().retainAll(RoomListing.named(listings, names).keySet());
    return bySid.values().stream().flatMap(List::stream).toList();
  }
}
