package dev.voiceledger.message;

import dev.voiceledger.access.CallAccess;
import dev.voiceledger.access.Caller;
import dev.voiceledger.call.CallFacts;
import dev.voiceledger.call.RoomSid;
import dev.voiceledger.ledger.Entry;
import dev.voiceledger.ledger.Lanes;
import dev.voiceledger.ledger.Ledger;
import dev.voiceledger.message.PostBody.Said;
import dev.voiceledger.message.Posts.Stored;
import dev.voiceledger.platform.Database;
import dev.voiceledger.platform.Problem.Type;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** From posts to the ledger: which call each belongs to, and as whom the caller posts in it. */
@ApplicationScoped
public class Posting {
  private static final String ROOM_SID = "RM_";

  private final CallAccess access;
  private final Database database;
  private final Ledger ledger;
  private final Lanes<Post, Stored> posts;

  Posting(CallAccess access, Database database, Ledger ledger) {
    this.access = access;
    this.database = database;
    this.ledger = ledger;
    this.posts = ledger.lanes(new Posts());
  }

  /** A call and as whom the caller posts in it. */
  public record Target(UUID callId, Poster poster) {}

  /**
   * What became of several posts.
   *
   * @param kept those that stand in the call now
   * @param fresh those that are new with this
   * @param changed those that replaced what another post had said
   */
  public record Tally(int kept, int fresh, int changed) {
    public static final Tally NONE = new Tally(0, 0, 0);

    private static Tally of(List<Stored> stored) {
      int fresh = (int) stored.stream().filter(Stored::fresh).count();
      int written = (int) stored.stream().filter(Stored::written).count();
      int kept = (int) stored.stream().filter(one -> one.message() != null).count();
      return new Tally(kept, fresh, written - fresh);
    }

    /** Both together. */
    public Tally plus(Tally other) {
      return new Tally(kept + other.kept, fresh + other.fresh, changed + other.changed);
    }
  }

  /** Writes items of one call, in the order in which they are to be numbered. */
  public Uni<Tally> post(Target target, List<Item> items) {
    return posts.admitted(items.stream().map(item -> item.in(target)).toList()).map(Tally::of);
  }

  /**
   * Writes all messages, each in the group that takes it; what is refused fails nobody else.
   *
   * @return one for each, in their order; fails with call-not-found where all are refused
   */
  Uni<List<Stored>> post(Caller caller, List<Said> messages) {
    return Multi.createFrom()
        .iterable(messages.stream().map(Said::call).distinct().toList())
        .onItem()
        .transformToUniAndConcatenate(
            call -> target(caller, call).map(found -> Map.entry(call, found)))
        .collect()
        .asMap(Map.Entry::getKey, Map.Entry::getValue)
        .chain(targets -> written(messages, targets));
  }

  private Uni<List<Stored>> written(List<Said> messages, Map<String, Optional<Target>> targets) {
    List<Post> admissible =
        messages.stream()
            .filter(said -> targets.get(said.call()).isPresent())
            .map(said -> {
              Target target = targets.get(said.call()).get();
              return said.by(target.callId(), target.poster());
            })
            .toList();
    return posts
        .admitted(admissible)
        .map(stored -> {
          Iterator<Stored> each = stored.iterator();
          return messages.stream()
              .map(said -> targets.get(said.call()).isPresent() ? each.next() : Stored.REFUSED)
              .toList();
        });
  }

  /**
   * The call that is meant, as far as the caller may post in it.
   *
   * @param call its uuid, session_id, room sid or the name of its room
   * @return empty where there is none for this caller
   */
  public Uni<Optional<Target>> target(Caller caller, String call) {
    return access
        .in(caller, call, id -> owner(id).map(owner -> target(caller, id, owner)))
        .map(Optional::of)
        .onFailure(Type.CALL_NOT_FOUND::isTypeOf)
        .recoverWithUni(unknown -> untold(caller, call));
  }

  private static Target target(Caller caller, UUID id, UUID owner) {
    return new Target(id, Poster.of(caller, owner));
  }

  private Uni<UUID> owner(UUID callId) {
    return database.ask(PostStore.OWNER, UUID.class, callId).map(List::getFirst);
  }

  /** A service may know of a room before its first webhook does. */
  private Uni<Optional<Target>> untold(Caller caller, String call) {
    boolean trusted = caller.join() == null && caller.userId() == null;
    if (!trusted || !call.startsWith(ROOM_SID)) {
      return Uni.createFrom().item(Optional.empty());
    }
    UUID id = RoomSid.callId(call);
    return ledger
        .admitted(Entry.of(CallFacts.of(id, call, null)))
        .map(made -> Optional.of(target(caller, id, null)));
  }
}
