package dev.voiceledger.join;

import dev.voiceledger.access.Caller;
import dev.voiceledger.call.CallFacts;
import dev.voiceledger.call.CallFacts.Opening;
import dev.voiceledger.call.RoomSid;
import dev.voiceledger.ledger.Entry;
import dev.voiceledger.ledger.Ledger;
import dev.voiceledger.livekit.LiveKit;
import dev.voiceledger.livekit.LiveKit.NewRoom;
import dev.voiceledger.livekit.LiveKit.Room;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/** Makes a room at LiveKit and then the row of its call. */
@ApplicationScoped
class Joining {
  private static final String ALPHABET =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  private static final int RANDOM_CHARACTERS = 22;
  private static final String PREFIX = "vl_";
  private static final Duration YOUNG = Duration.ofSeconds(10);
  private static final Logger LOG = Logger.getLogger(Joining.class);

  private final LiveKit livekit;
  private final Ledger ledger;
  private final InstantSource clock;
  private final SecureRandom random = new SecureRandom();

  Joining(LiveKit livekit, Ledger ledger, InstantSource clock) {
    this.livekit = livekit;
    this.ledger = ledger;
    this.clock = clock;
  }

  /** A name that nobody guesses: of a room, or of somebody without one. */
  String randomName() {
    return PREFIX
        + random
            .ints(RANDOM_CHARACTERS, 0, ALPHABET.length())
            .mapToObj(i -> String.valueOf(ALPHABET.charAt(i)))
            .collect(Collectors.joining());
  }

  /** Who asked, as the row keeps it. */
  static String openedBy(Caller caller) {
    return caller.userId() == null ? "service" : "user:" + caller.userId();
  }

  static UUID ownerOf(Caller caller) {
    return caller.userId() == null ? null : UUID.fromString(caller.userId());
  }

  /**
   * Makes the room and the row; a room without its row is closed again.
   *
   * @return the call's id; fails with livekit-unavailable, or with what the ledger says
   */
  Uni<UUID> open(NewRoom room, Opening opening) {
    return livekit
        .createRoom(room)
        .chain(made -> written(made, opening).onFailure().call(lost -> closed(made)));
  }

  /** A room of the same name that somebody else is in already is not ours to close. */
  private Uni<Void> closed(Room made) {
    boolean young = made.createdAt().isAfter(clock.instant().minus(YOUNG));
    return young && made.numParticipants() == 0
        ? livekit.deleteRoom(made.name()).onFailure().recoverWithNull()
        : Uni.createFrom().voidItem();
  }

  /** The row of a room that is there. */
  Uni<UUID> written(Room room, Opening opening) {
    UUID id = RoomSid.callId(room.sid());
    CallFacts facts =
        CallFacts.live(id, room.sid(), room.name(), room.createdAt()).openedBy(opening);
    return ledger.admitted(Entry.of(facts)).replaceWith(id);
  }

  /** The record of a call whose room could not be made. */
  Uni<UUID> failed(NewRoom room, Opening opening) {
    UUID id = UUID.randomUUID();
    CallFacts facts =
        CallFacts.of(id, null, room.name())
            .openedBy(opening)
            .over(clock.instant(), "room_not_created");
    return ledger
        .admitted(Entry.of(facts))
        .replaceWith(id)
        .onFailure()
        .invoke(lost -> LOG.errorf("a failed call was not recorded: %s", lost.getMessage()));
  }
}
