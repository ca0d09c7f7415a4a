package dev.voiceledger.history;

import dev.voiceledger.access.CallAccess;
import dev.voiceledger.access.Caller;
import dev.voiceledger.call.CallFacts;
import dev.voiceledger.history.HistoryStore.Key;
import dev.voiceledger.ledger.Entry;
import dev.voiceledger.ledger.Ledger;
import dev.voiceledger.livekit.LiveKit;
import dev.voiceledger.platform.Database;
import dev.voiceledger.platform.Page;
import dev.voiceledger.platform.Problem.Type;
import dev.voiceledger.search.Match;
import dev.voiceledger.search.Matches;
import io.quarkus.hibernate.reactive.panache.Panache;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.LockModeType;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Reads of calls as the caller may see them, and what their owner may do with them. */
@ApplicationScoped
public class Calls {
  /** Two questions to LiveKit together take no longer than one may. */
  private static final Duration LIVEKIT_MAX = Duration.ofMillis(2_700);

  private final Database database;
  private final CallAccess access;
  private final LiveKit livekit;
  private final Ledger ledger;
  private final InstantSource clock;

  Calls(Database database, CallAccess access, LiveKit livekit, Ledger ledger, InstantSource clock) {
    this.database = database;
    this.access = access;
    this.livekit = livekit;
    this.ledger = ledger;
    this.clock = clock;
  }

  Uni<Page<CallView>> page(Caller caller, HistoryQuery query) {
    HistoryStore store = new HistoryStore(database, query, caller.operates() ? null : uuid(caller));
    return caller.listing(
        database,
        () ->
            store
                .page()
                .chain(keys -> page(query, keys, database))
                .chain(page -> counted(page, store, query)));
  }

  private static UUID uuid(Caller caller) {
    return UUID.fromString(caller.userId());
  }

  private static Uni<Page<CallView>> page(HistoryQuery query, List<Key> keys, Database database) {
    boolean more = keys.size() > query.limit();
    List<Key> shown = more ? keys.subList(0, query.limit()) : keys;
    Key last = more ? shown.getLast() : null;
    String next = last == null ? null : query.cursor(last.sortKey(), last.id());
    List<UUID> ids = shown.stream().map(Key::id).toList();
    return Call.<Call>list("id in ?1", ids)
        .chain(rows ->
            matches(query, ids, database)
                .map(found -> new Page<>(inOrder(shown, rows, found), more, next, null)));
  }

  /** Null where no words are looked for. */
  private static Uni<Map<UUID, List<Match>>> matches(
      HistoryQuery query, List<UUID> ids, Database database) {
    return query.words() == null
        ? Uni.createFrom().nullItem()
        : new Matches(database, query.words()).of(ids);
  }

  /** A call that was erased between the two questions is left out. */
  private static List<CallView> inOrder(
      List<Key> keys, List<Call> rows, Map<UUID, List<Match>> found) {
    Map<UUID, Call> byId = rows.stream().collect(Collectors.toMap(row -> row.id, row -> row));
    return keys.stream()
        .filter(key -> byId.containsKey(key.id()))
        .map(key ->
            CallView.of(
                byId.get(key.id()), found == null ? null : found.getOrDefault(key.id(), List.of())))
        .toList();
  }

  private static Uni<Page<CallView>> counted(
      Page<CallView> page, HistoryStore store, HistoryQuery query) {
    return query.includeTotal() ? store.count().map(page::of) : Uni.createFrom().item(page);
  }

  /** The call that an id names, as the caller may see it. */
  public Uni<CallView> one(Caller caller, String id) {
    return access.in(caller, id, Calls::row).map(CallView::of);
  }

  /** What hangs on a call, read as the caller. */
  <T> Uni<T> under(Caller caller, String id, Function<UUID, Uni<T>> read) {
    return access.in(caller, id, read);
  }

  private static Uni<Call> row(UUID id) {
    return Call.<Call>findById(id).onItem().ifNull().failWith(Calls::notFound);
  }

  private static RuntimeException notFound() {
    return Type.CALL_NOT_FOUND.because(null);
  }

  /** Changes what is the owner's to change. The row is locked: metadata is merged, not replaced. */
  Uni<CallView> change(Caller caller, String id, Consumer<Call> change) {
    return access
        .in(caller, id, callId -> locked(caller, callId).invoke(change).chain(Calls::flushed))
        .map(CallView::of);
  }

  private static Uni<Call> locked(Caller caller, UUID id) {
    return Call.<Call>findById(id, LockModeType.PESSIMISTIC_WRITE)
        .onItem()
        .ifNull() // seen a moment ago, but not to be changed, or erased meanwhile
        .switchTo(() -> row(id).onItem().failWith(Calls::notYours))
        .invoke(call -> requireOwner(caller, call));
  }

  private static void requireOwner(Caller caller, Call call) {
    boolean owns = call.userId != null && call.userId.toString().equals(caller.userId());
    if (!owns && !caller.operates()) {
      throw notYours();
    }
  }

  private static RuntimeException notYours() {
    return Type.FORBIDDEN.because("for the call's owner, admins and services");
  }

  /** What triggers made of the change is to be seen in the answer. */
  private static Uni<Call> flushed(Call call) {
    return Panache.getSession()
        .chain(session -> session.flush().chain(() -> session.refresh(call)))
        .replaceWith(call);
  }

  /** Ends a call: at LiveKit first, then here. One that is over stays as it is. */
  Uni<CallView> end(Caller caller, String id) {
    return owned(caller, id)
        .chain(call -> call.isOver() ? Uni.createFrom().nullItem() : ended(call))
        .chain(done -> one(caller, id));
  }

  private Uni<Call> owned(Caller caller, String id) {
    return access.in(caller, id, callId -> row(callId).invoke(call -> requireOwner(caller, call)));
  }

  private Uni<?> ended(Call call) {
    return closed(call)
        .chain(() ->
            ledger.admitted(
                Entry.of(
                    CallFacts.of(call.id, call.roomSid, call.roomName)
                        .over(clock.instant(), "ended_by_api"))));
  }

  /** A later room of the same name is another call's, and stays. */
  private Uni<Void> closed(Call call) {
    if (call.roomSid == null || call.roomName == null) {
      return Uni.createFrom().voidItem();
    }
    return livekit
        .room(call.roomName)
        .chain(room ->
            room.isPresent() && room.get().sid().equals(call.roomSid)
                ? livekit.deleteRoom(call.roomName)
                : Uni.createFrom().voidItem())
        .ifNoItem()
        .after(LIVEKIT_MAX)
        .failWith(() -> Type.LIVEKIT_UNAVAILABLE.because("LiveKit did not answer in time"));
  }

  /**
   * Erases a call with all that is under it; an open one is ended first, so that nobody talks on in
   * a room that nothing tells of.
   *
   * @return the receipt, as JSON
   */
  Uni<Receipt> erase(Caller caller, String id) {
    return owned(caller, id)
        .chain(call ->
            (call.isOver() ? Uni.createFrom().voidItem() : closed(call))
                .chain(() -> access.in(caller, call.id.toString(), this::erased)));
  }

  private Uni<Receipt> erased(UUID id) {
    return Call.delete("id", id)
        .invoke(rows -> {
          if (rows == 0) { // somebody else erased it meanwhile
            throw notFound();
          }
        })
        .chain(rows -> HistoryStore.receipt(database))
        .map(receipt -> Receipt.of(id, clock.instant(), receipt));
  }
}
