package dev.voiceledger.message;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.voiceledger.access.CallAccess;
import dev.voiceledger.access.Caller;
import dev.voiceledger.call.CallFacts;
import dev.voiceledger.call.RoomSid;
import dev.voiceledger.ledger.Entry;
import dev.voiceledger.ledger.Ledger;
import dev.voiceledger.livekit.LiveKit;
import dev.voiceledger.platform.Database;
import dev.voiceledger.platform.Problem.Type;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Which call a post means, and as whom its sender posts in it. */
@ApplicationScoped
class Targets {
  private static final int KNOWN_MAX = 10_000;

  /** Whoever posts goes on doing so; what may change meanwhile the group's statement asks again. */
  private static final Duration KNOWN_FOR = Duration.ofSeconds(1);

  private final CallAccess access;
  private final Database database;
  private final Ledger ledger;
  private final LiveKit livekit;
  private final Cache<Asked, Target> known =
      Caffeine.newBuilder()
          .maximumSize(KNOWN_MAX)
          .expireAfterWrite(KNOWN_FOR)
          .executor(Runnable::run)
          .build();

  Targets(CallAccess access, Database database, Ledger ledger, LiveKit livekit) {
    this.access = access;
    this.database = database;
    this.ledger = ledger;
    this.livekit = livekit;
  }

  /** A call and as whom the caller posts in it. */
  record Target(UUID callId, Poster poster) {
    /** By its uuid or its sid, which never mean another. */
    private boolean goesBy(String name) {
      return callId.toString().equalsIgnoreCase(name) || callId.equals(RoomSid.callIdOf(name));
    }
  }

  /** Who asked for which call. */
  private record Asked(Caller caller, String call) {}

  /**
   * One request.
   *
   * @param room of the caller's join token, as LiveKit knows it: asked for once, if at all
   */
  record Asking(Caller caller, Uni<Optional<LiveKit.Room>> room) {
    private static Asking of(Caller caller, LiveKit livekit) {
      return new Asking(
          caller,
          Uni.createFrom()
              .deferred(() -> livekit.room(caller.join().room()))
              .memoize()
              .indefinitely());
    }
  }

  Asking asking(Caller caller) {
    return Asking.of(caller, livekit);
  }

  /**
   * A service may post wherever there is a call. Whether there is one under a sid the group's
   * statement sees, so nothing is asked before; any other name may be that of more than one.
   */
  Uni<Optional<Target>> ofPost(Asking asking, String call) {
    UUID id = asking.caller().isService() ? RoomSid.callIdOf(call) : null;
    return id == null
        ? of(asking, call)
        : Uni.createFrom().item(Optional.of(target(asking.caller(), id, null)));
  }

  /** Only what always names the same call is remembered. */
  Uni<Optional<Target>> of(Asking asking, String call) {
    Asked asked = new Asked(asking.caller(), call);
    Target remembered = known.getIfPresent(asked);
    if (remembered != null) {
      return Uni.createFrom().item(Optional.of(remembered));
    }
    return known(asking.caller(), call)
        .chain(found -> found.isPresent() ? Uni.createFrom().item(found) : untold(asking, call))
        .invoke(
            found -> found.filter(one -> one.goesBy(call)).ifPresent(one -> known.put(asked, one)));
  }

  private Uni<Optional<Target>> known(Caller caller, String call) {
    return access
        .in(caller, call, id -> owner(id).map(owner -> target(caller, id, owner)))
        .map(Optional::of)
        .onFailure(Type.CALL_NOT_FOUND::isTypeOf)
        .recoverWithItem(Optional::empty);
  }

  private static Target target(Caller caller, UUID id, UUID owner) {
    return new Target(id, Poster.of(caller, owner));
  }

  private Uni<UUID> owner(UUID callId) {
    return database.ask(MessageStore.OWNER, UUID.class, callId).map(List::getFirst);
  }

  /**
   * A room that no webhook told of yet. A service may know of it; for the holder of a join token
   * LiveKit is asked whether the token's room lives under that sid. A token of ours names a call
   * that was there before it.
   */
  private Uni<Optional<Target>> untold(Asking asking, String call) {
    Caller caller = asking.caller();
    if (!RoomSid.is(call)) {
      return Uni.createFrom().item(Optional.empty());
    }
    UUID id = RoomSid.callId(call);
    if (caller.join() != null && caller.join().callId() == null) {
      return asking
          .room()
          .chain(room ->
              room.isPresent() && room.get().sid().equals(call)
                  ? made(CallFacts.live(id, call, room.get().name(), room.get().createdAt()))
                      .chain(made -> known(caller, call))
                  : Uni.createFrom().item(Optional.empty()));
    }
    return caller.isService()
        ? made(CallFacts.of(id, call, null)).map(made -> Optional.of(target(caller, id, null)))
        : Uni.createFrom().item(Optional.empty());
  }

  Uni<?> made(CallFacts call) {
    return ledger.admitted(Entry.of(call));
  }
}
