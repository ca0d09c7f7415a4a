package dev.voiceledger.reconcile;

import com.fasterxml.jackson.databind.JsonNode;
import dev.voiceledger.livekit.Listings;
import dev.voiceledger.livekit.LiveKitFailure;
import dev.voiceledger.reconcile.RowsStore.OpenCall;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * The live rooms, by sid. All of them in one answer; where that is too long, those of the open
 * calls, by their names in batches: then rooms that nobody announced stay unseen.
 *
 * @param asked the names that were asked for; null where all rooms were
 */
record RoomListing(Map<String, JsonNode> rooms, Set<String> asked) {
  private static final int NAMES_MAX = 256;

  /** Fails with {@link LiveKitFailure}, and then nothing is known. */
  static RoomListing of(Listings listings, List<OpenCall> open) {
    try {
      return new RoomListing(bySid(Waiting.on(listings::rooms)), null);
    } catch (LiveKitFailure failure) {
      if (!failure.isTooLong()) {
        throw failure;
      }
    }
    List<String> names =
        open.stream().map(OpenCall::roomName).filter(Objects::nonNull).distinct().toList();
    Map<String, JsonNode> rooms = new HashMap<>();
    for (int i = 0; i < names.size(); i += NAMES_MAX) {
      rooms.putAll(named(listings, names.subList(i, Math.min(names.size(), i + NAMES_MAX))));
    }
    return new RoomListing(rooms, new HashSet<>(names));
  }

  /** The live ones of these rooms, by sid. */
  static Map<String, JsonNode> named(Listings listings, List<String> names) {
    if (names.isEmpty()) {
      return Map.of();
    }
    try {
      return bySid(Waiting.on(() -> listings.rooms(names)));
    } catch (LiveKitFailure failure) {
      if (!failure.isTooLong() || names.size() == 1) {
        throw failure;
      }
    }
    int half = names.size() / 2;
    Map<String, JsonNode> rooms = new HashMap<>(named(listings, names.subList(0, half)));
    rooms.putAll(named(listings, names.subList(half, names.size())));
    return rooms;
  }

  /** A room without a sid would look like one that is gone. */
  private static Map<String, JsonNode> bySid(Collection<JsonNode> rooms) {
    Map<String, JsonNode> bySid = HashMap.newHashMap(rooms.size());
    for (JsonNode room : rooms) {
      String sid = room.path("sid").asText();
      if (sid.isEmpty()) {
        throw LiveKitFailure.odd();
      }
      bySid.put(sid, room);
    }
    return bySid;
  }

  /** Whether the listing says that the call's room is not there. */
  boolean lacks(OpenCall call) {
    return !rooms.containsKey(call.roomSid())
        && (asked == null || call.roomName() != null && asked.contains(call.roomName()));
  }
}
