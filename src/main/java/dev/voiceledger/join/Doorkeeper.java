package dev.voiceledger.join;

import dev.voiceledger.access.Caller;
import dev.voiceledger.call.CallFacts.Opening;
import dev.voiceledger.call.RoomSid;
import dev.voiceledger.join.JoinStore.OpenCall;
import dev.voiceledger.livekit.LiveKit;
import dev.voiceledger.livekit.LiveKit.NewRoom;
import dev.voiceledger.livekit.LiveKit.Room;
import dev.voiceledger.platform.Problem.Type;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Who may enter which room. A user may claim a name that is free and within {@code TOKEN_ROOMS};
 * any other room is open to the owner of its call, to those invited, to admins and services. All
 * others get one and the same answer, so that they learn nothing of what is behind the door.
 */
@ApplicationScoped
class Doorkeeper {
  private final JoinStore calls;
  private final LiveKit livekit;
  private final Joining joining;
  private final Pattern claimable;

  Doorkeeper(
      JoinStore calls,
      LiveKit livekit,
      Joining joining,
      @ConfigProperty(name = "token.rooms", defaultValue = "*") String rooms) {
    this.calls = calls;
    this.livekit = livekit;
    this.joining = joining;
    this.claimable = glob(rooms);
  }

  /** {@code *} is any text, {@code ?} any character; all else is itself. */
  private static Pattern glob(String rooms) {
    String pattern =
        rooms
            .chars()
            .mapToObj(c ->
                switch (c) {
                  case '*' -> ".*";
                  case '?' -> ".";
                  default -> Pattern.quote(Character.toString(c));
                })
            .reduce("", String::concat);
    return Pattern.compile(pattern, Pattern.DOTALL);
  }

  /**
   * The call whose room the caller may enter, made where there is none. What our rows say is open
   * is so until an event or the reconciler says otherwise.
   *
   * @return its id; fails with forbidden, the same for all reasons
   */
  Uni<UUID> let(Caller caller, NewRoom room, Opening opening) {
    return calls
        .open(room.name(), caller.userId())
        .chain(open -> {
          if (!open.isEmpty() && !isWelcome(caller, open.getFirst())) {
            throw closed();
          }
          return livekit.room(room.name()).chain(live -> enter(caller, room, opening, open, live));
        });
  }

  private static boolean isWelcome(Caller caller, OpenCall call) {
    return call.theirs() || caller.operates();
  }

  private Uni<UUID> enter(
      Caller caller, NewRoom room, Opening opening, List<OpenCall> open, Optional<Room> live) {
    if (live.isEmpty()) {
      return claim(caller, room, opening);
    }
    if (!open.isEmpty() && open.getFirst().roomSid().equals(live.get().sid())) {
      return Uni.createFrom().item(open.getFirst().id());
    }
    return enterUntold(caller, live.get());
  }

  /** A room that lives at LiveKit and that no open call tells of. */
  private Uni<UUID> enterUntold(Caller caller, Room live) {
    return calls
        .call(RoomSid.callId(live.sid()), caller.userId())
        .chain(known -> {
          if (known.stream().noneMatch(call -> isWelcome(caller, call)) && !caller.operates()) {
            throw closed();
          }
          return joining.written(live, null);
        })
        .call(id -> calls.call(id, caller.userId()).invoke(Doorkeeper::requireKept));
  }

  /** Of a room whose call was erased nothing is kept, and so nobody is let in. */
  private static void requireKept(List<OpenCall> call) {
    if (call.isEmpty()) {
      throw Type.CALL_NOT_FOUND.because(null);
    }
  }

  /** Two who claim one name in the same moment meet on one row; it belongs to one of them. */
  private Uni<UUID> claim(Caller caller, NewRoom room, Opening opening) {
    if (!caller.operates() && !claimable.matcher(room.name()).matches()) {
      throw closed();
    }
    return joining
        .open(room, opening)
        .chain(id -> calls.call(id, caller.userId()))
        .map(made -> {
          if (made.stream().noneMatch(call -> isWelcome(caller, call))) {
            throw closed();
          }
          return made.getFirst().id();
        });
  }

  private static RuntimeException closed() {
    return Type.FORBIDDEN.because("this room is not open to you");
  }
}
