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
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/** Participants of open calls against those in live rooms. */
final class People {
  /** In one pass; those that were not looked at for the longest time come first. */
  static final int ROOMS_MAX = 500;

  static final int CONCURRENT_MAX = 4;
  private static final int BATCH = 32;

  /** Of what LiveKit wrote of one batch; the last four lists may be longer. */
  private static final int BATCH_BYTES = 1 << 20;

  private final Listings listings;
  private final NewsStore news;
  private final RowsStore rows;
  private final Duration grace;
  private final Missing<Who> missing;

  /** When a room was last asked about, also in vain, so that the others have their turn. */
  private final Map<UUID, Instant> askedAt = new HashMap<>();

  People(Listings listings, NewsStore news, RowsStore rows, Duration grace) {
    this.listings = listings;
    this.news = news;
    this.rows = rows;
    this.grace = grace;
    this.missing = new Missing<>(grace);
  }

  private record Who(UUID call, String sid) {}

  /**
   * A room and who is in it.
   *
   * @param people null where they could not be listed: that is nobody's end
   * @param bytes how long the list was
   */
  private record Crowd(
      UUID call, JsonNode room, List<JsonNode> people, int bytes, LiveKitFailure why) {
    boolean has(String sid) {
      return people.stream()
          .anyMatch(one ->
              one.path("sid").asText().equals(sid)
                  && !one.path("state").asText().equals("DISCONNECTED"));
    }
  }

  /** Whether some were missing once. */
  boolean doubts() {
    return missing.hasDoubts();
  }

  void forgetDoubts() {
    missing.clear();
  }

  /** Which rooms to look into, in the order of need: doubts first. */
  List<JsonNode> next(Collection<JsonNode> rooms, Memory memory) {
    Set<UUID> live = rooms.stream().map(People::call).collect(Collectors.toSet());
    askedAt.keySet().retainAll(live);
    missing.keep(
        missing.keys().stream().filter(who -> live.contains(who.call)).collect(Collectors.toSet()));
    Set<UUID> doubted = missing.keys().stream().map(Who::call).collect(Collectors.toSet());
    Comparator<JsonNode> order =
        comparing((JsonNode room) -> !doubted.contains(call(room)))
            .thenComparing(room -> lookedAt(call(room), memory));
    return rooms.stream().sorted(order).limit(ROOMS_MAX).toList();
  }

  private static UUID call(JsonNode room) {
    return RoomSid.callId(room.path("sid").asText());
  }

  private Instant lookedAt(UUID call, Memory memory) {
    Instant seen = memory.peopleSeen(call);
    Instant asked = askedAt.getOrDefault(call, seen);
    return asked.isAfter(seen) ? asked : seen;
  }

  /** Where findings go. */
  interface Writing {
    /** Answers how many were written. */
    int write(List<Finding> findings) throws InterruptedException;
  }

  /**
   * Writes what the rows do not know, some rooms at a time, the first of them in any case.
   *
   * @throws LiveKitFailure where nothing at all can be had of some rooms that were asked for
   *     together; what was found before is written
   */
  int compare(PassClock clock, List<JsonNode> rooms, Memory memory, Writing writing)
      throws InterruptedException {
    int written = 0;
    for (int i = 0; i < rooms.size() && (i == 0 || clock.hasTime()); ) {
      Instant at = clock.now();
      List<Crowd> crowds = new ArrayList<>();
      i += ask(rooms.subList(i, Math.min(rooms.size(), i + BATCH)), at, crowds);
      List<Finding> found = new ArrayList<>(unknown(at, crowds));
      found.addAll(gone(at, crowds, memory));
      written += writing.write(ofTheSameRooms(crowds, found));
    }
    return written;
  }

  /** Answers how many were asked about; a room that alone cannot be had is left out. */
  private int ask(List<JsonNode> rooms, Instant at, List<Crowd> crowds) {
    int asked = 0;
    for (int bytes = 0; asked < rooms.size() && bytes < BATCH_BYTES; ) {
      List<JsonNode> some = rooms.subList(asked, Math.min(rooms.size(), asked + CONCURRENT_MAX));
      List<Crowd> answers = Waiting.on(() -> crowds(some));
      some.forEach(room -> askedAt.put(call(room), at));
      if (answers.stream().allMatch(crowd -> crowd.why != null && !crowd.why.isTooLong())) {
        throw answers.getFirst().why;
      }
      answers.stream().filter(crowd -> crowd.people != null).forEach(crowds::add);
      bytes += answers.stream().mapToInt(Crowd::bytes).sum();
      asked += some.size();
    }
    return asked;
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

  private Uni<Crowd> crowd(JsonNode room) {
    return listings
        .participants(room.path("name").asText())
        .map(people -> new Crowd(call(room), room, people.items(), people.bytes(), null))
        .onFailure(LiveKitFailure.class)
        .recoverWithItem(why -> new Crowd(call(room), room, null, 0, (LiveKitFailure) why));
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
    Set<Who> stay = new HashSet<>(missing.keys());
    stay.removeIf(who -> byCall.containsKey(who.call));
    Set<UUID> doubted = new HashSet<>();
    List<Finding> findings = new ArrayList<>();
    for (Present one : Waiting.on(() -> rows.present(byCall.keySet()))) {
      Crowd crowd = byCall.get(one.callId());
      if (!crowd.has(one.sid())) {
        stay.add(new Who(one.callId(), one.sid()));
        gone(at, one, memory)
            .map(last -> Finding.participantGone(at, crowd.room, one.sid(), one.identity(), last))
            .ifPresentOrElse(findings::add, () -> doubted.add(one.callId()));
      }
    }
    missing.keep(stay);
    // A listing that lacks somebody is no evidence of theirs, whatever becomes of the doubt.
    crowds.stream()
        .map(Crowd::call)
        .filter(call -> !doubted.contains(call))
        .forEach(call -> memory.peopleSeen(call, at));
    return findings;
  }

  private Optional<Instant> gone(Instant at, Present one, Memory memory) {
    Who who = new Who(one.callId(), one.sid());
    Instant seen = one.lastSeenAt(memory.peopleSeen(one.callId()));
    return missing.miss(who, at, seen)
        ? missing.gone(who, at, one.lastAliveAt())
        : Optional.empty();
  }

  /**
   * People are listed by the room's name: where another room has it by now, they are not of this
   * call. A sid is never given twice, so a room that is there before and after was there between.
   */
  private List<Finding> ofTheSameRooms(List<Crowd> crowds, List<Finding> found) {
    if (found.isEmpty()) {
      return found;
    }
    Map<String, List<Finding>> bySid =
        found.stream().collect(groupingBy(finding -> finding.facts().call().roomSid()));
    List<String> names =
        crowds.stream()
            .filter(crowd -> bySid.containsKey(crowd.room.path("sid").asText()))
            .map(crowd -> crowd.room.path("name").asText())
            .toList();
    bySid.keySet().retainAll(RoomListing.named(listings, names).sids());
    return bySid.values().stream().flatMap(List::stream).toList();
  }
}
