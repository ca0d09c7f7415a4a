package dev.voiceledger.history;

import dev.voiceledger.platform.Page;
import dev.voiceledger.platform.Parameters;
import io.quarkus.hibernate.reactive.panache.PanacheQuery;
import io.smallrye.mutiny.Uni;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;

/** Pages of what hangs on one call, each by the key that its table has under the call. */
final class Under {
  private Under() {}

  /** In the order in which they became known. */
  static Uni<Page<Participant.View>> participants(UUID callId, String cursor, int limit) {
    List<String> after = Parameters.cursor(cursor, 2);
    String order = " order by createdAt, participantSid";
    PanacheQuery<Participant> rows =
        after == null
            ? Participant.find("callId = ?1" + order, callId)
            : Participant.find(
                "callId = ?1 and (createdAt > ?2 or createdAt = ?2 and participantSid > ?3)"
                    + order,
                callId,
                Parameters.cursorTime(after.get(0)),
                after.get(1));
    return page(
        rows,
        limit,
        Participant.View::of,
        row -> Parameters.cursor(row.createdAt.toString(), row.participantSid));
  }

  static Uni<Page<Recording.View>> recordings(UUID callId, String cursor, int limit) {
    List<String> after = Parameters.cursor(cursor, 1);
    String from = after == null ? "" : after.getFirst();
    PanacheQuery<Recording> rows =
        Recording.find("callId = ?1 and egressId > ?2 order by egressId", callId, from);
    return page(rows, limit, Recording.View::of, row -> Parameters.cursor(row.egressId));
  }

  static Uni<Page<Usage.View>> usage(UUID callId, String cursor, int limit) {
    List<String> after = Parameters.cursor(cursor, 4);
    String order = " order by source, type, provider, model";
    PanacheQuery<Usage> rows =
        after == null
            ? Usage.find("callId = ?1" + order, callId)
            : Usage.find(
                "callId = ?1 and (source, type, provider, model) > (?2, ?3, ?4, ?5)" + order,
                callId,
                after.get(0),
                after.get(1),
                after.get(2),
                after.get(3));
    return page(
        rows,
        limit,
        Usage.View::of,
        row -> Parameters.cursor(row.source, row.type, row.provider, row.model));
  }

  /** Newest first. */
  static Uni<Page<ActiveCall.View>> active(String cursor, int limit) {
    List<String> after = Parameters.cursor(cursor, 2);
    String order = "order by createdAt desc, id desc";
    PanacheQuery<ActiveCall> rows =
        after == null
            ? ActiveCall.find(order)
            : ActiveCall.find(
                "createdAt < ?1 or createdAt = ?1 and id < ?2 " + order,
                Parameters.cursorTime(after.get(0)),
                Parameters.uuid("cursor", after.get(1)));
    return page(
        rows,
        limit,
        ActiveCall.View::of,
        row -> Parameters.cursor(row.createdAt.toString(), row.id.toString()));
  }

  /** One row more than is shown is read, to know whether there are more. */
  private static <R, T> Uni<Page<T>> page(
      PanacheQuery<R> rows, int limit, Function<R, T> view, Function<R, String> cursor) {
    return rows.range(0, limit).<R>list().map(found -> Page.of(found, limit, view, cursor));
  }
}
