package dev.voiceledger.ledger;

import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * A kind of entries: which statements write a group of them, and what each entry is told then. A
 * group is of one kind, so that all its locks are taken in one order.
 *
 * @param <E> the entries
 * @param <R> what is told of each
 */
public interface Kind<E, R> {
  /** One statement of a group with its values: arrays, one a column. */
  record Write(String sql, Tuple arrays) {}

  /** Everything that a group may send, to be prepared once. */
  List<String> statements();

  /** What to send for these entries, in the order of locks; nothing of it refers to an answer. */
  List<Write> writes(List<E> entries);

  /**
   * What each entry is told, in the order of the entries.
   *
   * @param answers one for each of {@link #writes}
   */
  List<R> results(List<E> entries, List<RowSet<Row>> answers);

  /** The call that it belongs to; null where it names none. */
  UUID callId(E entry);

  /** Spreads what names no call; the same for repeats of the same. */
  int hash(E entry);

  /** What the log may say of it: ids. */
  String label(E entry);

  /** What is kept of an entry that is refused alone; empty where nothing is. */
  Optional<E> refused(E entry, String reason);

  /** Whether what is too long for an index is refused for what it says; else it is our trouble. */
  default boolean refusesTooLong() {
    return false;
  }
}
