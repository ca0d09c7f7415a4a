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
import java.util.stream.Collectors;

/**
 * The live rooms, by sid. All of them in one answer; where that is too long, those of the open
 * calls, by their names in batches: then rooms that nobody announced stay unseen.
 */
final class RoomListing {
  private static final int NAMES_MAX = 256;

  /** Of rooms beyond, which have long metadata, it is known that they are there, and no more. */
  private static final int METADATA_CHARACTERS_MAX = 8 << 20;

  private final Listings listings;
  private final Map<String, JsonNode> rooms = new HashMap<>();
  private final Set<String> there = new HashSet<>();

  /** The names that were asked for and answered; null where all rooms were. */
  private Set<String> asked;

  private long metadataCharacters;

  private RoomListing(Listings listings) {
    this.listings = listings;
  }

  /** Fails with {@link LiveKitFailure}, and then nothing is known. */
  static RoomListing of(Listings listings, List<OpenCall> open) {
    RoomListing listing = new RoomListing(listings);
    try {
      listing.add(Waiting.on(listings::rooms));
      return listing;
    } catch (LiveKitFailure failure) {
      if (!failure.isTooLong()) {
        throw failure;
      }
    }
    Set<String> names =
        open.stream().map(OpenCall::roomName).filter(Objects::nonNull).collect(Collectors.toSet());
    return named(listings, List.copyOf(names));
  }

  /** The live ones of these rooms. */
  static RoomListing named(Listings listings, List<String> names) {
    RoomListing listing = new RoomListing(listings);
    listing.asked = new HashSet<>(names);
    for (int i = 0; i < names.size(); i += NAMES_MAX) {
      listing.ask(names.subList(i, Math.min(names.size(), i + NAMES_MAX)));
    }
    if (listing.asked.isEmpty() && !names.isEmpty()) {
      throw LiveKitFailure.odd();
    }
    return listing;
  }

  private void ask(List<String> names) {
    try {
      add(Waiting.on(() -> listings.rooms(names)));
      return;
    } catch (LiveKitFailure failure) {
      if (!failure.isTooLong()) {
        throw failure;
      }
    }
    if (names.size() == 1) {
      asked.remove(names.getFirst()); // nobody knows
      return;
    }
    int half = names.size() / 2;
    ask(names.subList(0, half));
    ask(names.subList(half, names.size()));
  }

  /** A room without a sid would look like one that is gone. */
  private void add(Collection<JsonNode> listed) {
    for (JsonNode room : listed) {
      String sid = room.path("sid").asText();
      if (sid.isEmpty()) {
        throw LiveKitFailure.odd();
      }
      there.add(sid);
      metadataCharacters += room.path("metadata").asText().length();
      if (metadataCharacters <= METADATA_CHARACTERS_MAX) {
        rooms.put(sid, room);
      }
    }
  }

  /** What there is to compare. */
  Collection<JsonNode> rooms() {
    return rooms.values();
  }

  Set<String> sids() {
    return there;
  }

  /** Whether the listing says that the call's room is not there. */
  boolean lacks(OpenCall call) {
    return !there.contains(call.roomSid())
        && (asked == null || call.roomName() != null && asked.contains(call.roomName()));
  }
}
