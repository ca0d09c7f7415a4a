package dev.voiceledger.reconcile;

import dev.voiceledger.livekit.LiveKitFailure;
import dev.voiceledger.reconcile.NewsStore.News;
import dev.voiceledger.reconcile.RowsStore.OpenCall;
import dev.voiceledger.webhook.Finding;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/** Open calls against live rooms. */
final class Rooms {
  private final NewsStore news;
  private final RowsStore rows;
  private final Duration grace;
  private final Missing<UUID> missing;

  Rooms(NewsStore news, RowsStore rows, Duration grace) {
    this.news = news;
    this.rows = rows;
    this.grace = grace;
    this.missing = new Missing<>(grace);
  }

  /** Whether some were missing once. */
  boolean doubts() {
    return missing.hasDoubts();
  }

  void forgetDoubts() {
    missing.clear();
  }

  /**
   * What the rows do not know.
   *
   * @param at when the listing began
   * @param open the calls that were open before it
   */
  List<Finding> compare(Instant at, List<OpenCall> open, RoomListing listing, Memory memory) {
    List<Finding> listed = listed(at, listing);
    List<Finding> findings = new ArrayList<>(unknown(at, listed));
    findings.addAll(gone(at, open, listing, memory));
    listed.forEach(room -> memory.roomSeen(room.facts().call().id(), at));
    return findings;
  }

  private static List<Finding> listed(Instant at, RoomListing listing) {
    try {
      return listing.rooms().stream().map(room -> Finding.roomListed(at, room)).toList();
    } catch (IllegalArgumentException unreadable) {
      throw LiveKitFailure.odd();
    }
  }

  /** Of a room that is being made the webhook is on its way. */
  private List<Finding> unknown(Instant at, List<Finding> listed) {
    return Waiting.on(() -> news.ofRooms(listed)).stream()
        .filter(one -> !one.unknown() || !isYoung(at, one))
        .map(News::finding)
        .toList();
  }

  private boolean isYoung(Instant at, News room) {
    Instant created = room.finding().facts().call().roomCreatedAt();
    return created != null && created.isAfter(at.minus(grace));
  }

  private List<Finding> gone(Instant at, List<OpenCall> open, RoomListing listing, Memory memory) {
    Map<UUID, OpenCall> calls = open.stream().collect(Collectors.toMap(OpenCall::id, call -> call));
    missing.keep(calls.keySet());
    Set<UUID> again = new HashSet<>();
    for (OpenCall call : open) {
      if (!listing.lacks(call)) {
        missing.found(call.id());
      } else if (missing.miss(call.id(), at, memory.roomSeen(call.id()))) {
        again.add(call.id());
      }
    }
    if (again.isEmpty()) {
      return List.of();
    }
    List<Finding> findings = new ArrayList<>();
    Waiting.on(() -> rows.lastEvidence(again))
        .forEach((id, said) ->
            missing
                .gone(id, at, said)
                .map(last -> gone(at, calls.get(id), last))
                .ifPresent(findings::add));
    return findings;
  }

  private static Finding gone(Instant at, OpenCall call, Instant last) {
    return Finding.roomGone(at, call.roomSid(), call.roomName(), last);
  }
}
