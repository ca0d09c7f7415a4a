package dev.voiceledger.message;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.voiceledger.access.CallAccess;
import dev.voiceledger.access.Caller;
import dev.voiceledger.access.Limits;
import dev.voiceledger.call.CallFacts;
import dev.voiceledger.call.RoomSid;
import dev.voiceledger.ledger.Entry;
import dev.voiceledger.ledger.Lanes;
import dev.voiceledger.ledger.Ledger;
import dev.voiceledger.livekit.LiveKit;
import dev.voiceledger.platform.Database;
import dev.voiceledger.platform.Problem.Type;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** From posts to the ledger: which call each belongs to, and as whom the caller posts in it. */
@ApplicationScoped
public class Posting {
  private static final int KNOWN_MAX = 10_000;

  /** Of one post; a service may name as many as it has messages. */
  private static final int CALLS_MAX = 50;

  /**
   * Of looking up and writing together, each of which has a bound of its own; what is written all
   * the same is there when its sender comes again.
   */
  private static final Duration ANSWER_MAX = Duration.ofMillis(4_800);

  /** Whoever posts goes on doing so; what may change meanwhile the group's statement asks again. */
  private static final Duration KNOWN_FOR = Duration.ofSeconds(1);

  private final CallAccess access;
  private final Database database;
  private final Ledger ledger;
  private final LiveKit livekit;
  private final Limits limits;
  private final Lanes<Post, Stored> posts;
  private final Cache<Asked, Target> known =
      Caffeine.newBuilder()
          .maximumSize(KNOWN_MAX)
          .expireAfterWrite(KNOWN_FOR)
          .executor(Runnable::run)
          .build();

  Posting(CallAccess access, Database database, Ledger ledger, LiveKit livekit, Limits limits) {
    this.access = access;
    this.database = database;
    this.ledger = ledger;
    this.livekit = livekit;
    this.limits = limits;
    this.posts = ledger.lanes(new Posts());
  }

  /** A call and as whom the caller posts in it. */
  private record Target(UUID callId, Poster poster) {
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
  private record Asking(Caller caller, Uni<Optional<LiveKit.Room>> room) {
    static Asking of(Caller caller, LiveKit livekit) {
      return new Asking(
          caller,
          Uni.createFrom()
              .deferred(() -> livekit.room(caller.join().room()))
              .memoize()
              .indefinitely());
    }
  }

  /**
   * The call that is meant, as far as the caller may post in it.
   *
   * @param call its uuid, session_id, room sid or the name of its room
   * @return empty where there is none for this caller
   */
  public Uni<Optional<UUID>> call(Caller caller, String call) {
    return target(Asking.of(caller, livekit), call).map(found -> found.map(Target::callId));
  }

  /**
   * Writes all messages, each in the group that takes it; what is refused fails nobody else.
   *
   * @return one for each, in their order; what was refused is among them
   */
  public Uni<List<Stored>> post(Caller caller, List<Said> messages) {
    List<String> calls = messages.stream().map(Said::call).distinct().toList();
    bound(caller, calls.size());
    Asking asking = Asking.of(caller, livekit);
    Uni<List<Stored>> stored = stored(asking, calls, messages);
    return calls.size() > CALLS_MAX
        ? stored
        : stored
            .ifNoItem()
            .after(ANSWER_MAX)
            .failWith(() -> Type.DATABASE_UNAVAILABLE.because(null));
  }

  private Uni<List<Stored>> stored(Asking asking, List<String> calls, List<Said> messages) {
    return Multi.createFrom()
        .iterable(calls)
        .onItem()
        .transformToUniAndConcatenate(
            call -> target(asking, call).map(found -> Map.entry(call, found)))
        .collect()
        .asMap(Map.Entry::getKey, Map.Entry::getValue)
        .invoke(targets -> count(asking.caller(), messages, targets))
        .chain(targets -> written(messages, targets));
  }

  /** Before any is looked up: each further call of a post counts like a message. */
  private void bound(Caller caller, int calls) {
    if (calls > CALLS_MAX && !isService(caller)) {
      throw Type.INVALID_FIELDS.at("/messages", "of at most " + CALLS_MAX + " calls");
    }
    if (!isTrusted(caller)) {
      limits.messages(caller, calls - 1, false);
    }
  }

  /** Agents and services post as fast as the ledger takes it. Into unknown calls is no way out. */
  private void count(Caller caller, List<Said> messages, Map<String, Optional<Target>> targets) {
    if (isTrusted(caller)) {
      return;
    }
    int[] byRank = new int[Poster.TRUSTED + 1];
    for (Said said : messages) {
      Optional<Target> target = targets.get(said.call());
      byRank[target.map(found -> found.poster().rank()).orElse(Poster.PARTICIPANT)]++;
    }
    limits.messages(caller, byRank[Poster.PARTICIPANT], false);
    limits.messages(caller, byRank[Poster.OWNER], true);
  }

  private Uni<List<Stored>> written(List<Said> messages, Map<String, Optional<Target>> targets) {
    List<Post> admissible =
        messages.stream()
            .filter(said -> targets.get(said.call()).isPresent())
            .map(said -> {
              Target target = targets.get(said.call()).get();
              return Post.of(target.callId(), said, target.poster());
            })
            .toList();
    return posts
        .admitted(admissible, Stored::refused, new Shown())
        .map(stored -> {
          Iterator<Stored> each = stored.iterator();
          return messages.stream()
              .map(said -> targets.get(said.call()).isPresent() ? each.next() : Stored.NOWHERE)
              .toList();
        });
  }

  /** Only what always names the same call is remembered. */
  private Uni<Optional<Target>> target(Asking asking, String call) {
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
    return isService(caller)
        ? made(CallFacts.of(id, call, null)).map(made -> Optional.of(target(caller, id, null)))
        : Uni.createFrom().item(Optional.empty());
  }

  private static boolean isTrusted(Caller caller) {
    return isService(caller) || caller.join() != null && caller.join().agent();
  }

  private static boolean isService(Caller caller) {
    return caller.join() == null && caller.userId() == null;
  }

  private Uni<?> made(CallFacts call) {
    return ledger.admitted(Entry.of(call));
  }
}
