package dev.voiceledger.webhook;

import dev.voiceledger.access.Caller;
import dev.voiceledger.ledger.Ledger;
import dev.voiceledger.platform.Database;
import dev.voiceledger.platform.Page;
import dev.voiceledger.platform.Problem.Type;
import dev.voiceledger.webhook.InboxResource.Cursor;
import dev.voiceledger.webhook.InboxResource.View;
import io.quarkus.hibernate.reactive.panache.PanacheQuery;
import io.quarkus.panache.common.Parameters;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;

/**
 * Reads of {@code webhook_events}, as the caller, and the way back from a raw event to the ledger.
 */
@ApplicationScoped
class Inbox {
  /** LiveKit's before ours, should both have one id: theirs is said by somebody else. */
  private static final String BY_ID = "id = ?1 and provider in (?2, ?3) order by provider";

  private static final String NEWEST_FIRST = " order by receivedAt desc, provider desc, id desc";

  private final Database database;
  private final Ledger ledger;

  Inbox(Database database, Ledger ledger) {
    this.database = database;
    this.ledger = ledger;
  }

  /** What to list; null is "any". */
  record Query(String state, String event, Cursor after, int limit) {

    PanacheQuery<InboxEvent> rows() {
      StringBuilder where = filters();
      Parameters values = values();
      if (after != null) {
        where.append(
            " and (receivedAt < :at or receivedAt = :at"
                + " and (provider < :provider or provider = :provider and id < :id))");
        values
            .and("at", after.receivedAt())
            .and("provider", after.provider())
            .and("id", after.id());
      }
      return InboxEvent.find(where + NEWEST_FIRST, values);
    }

    Uni<Long> count() {
      return InboxEvent.count(filters().toString(), values());
    }

    private StringBuilder filters() {
      StringBuilder where = new StringBuilder("1 = 1");
      if (state != null) {
        where.append(" and state = :state");
      }
      return event == null ? where : where.append(" and event = :event");
    }

    private Parameters values() {
      Parameters values = new Parameters();
      if (state != null) {
        values.and("state", InboxEvent.State.valueOf(state));
      }
      return event == null ? values : values.and("event", event);
    }
  }

  Uni<Page<View>> page(Caller caller, Query query, boolean includeTotal) {
    return caller.in(
        database,
        () ->
            query
                .rows()
                .range(0, query.limit())
                .list()
                .map(rows -> Page.of(rows, query.limit(), View::of, Cursor::after))
                .chain(page ->
                    includeTotal ? query.count().map(page::of) : Uni.createFrom().item(page)));
  }

  /** Through the same door as a webhook: whatever the effect, it is merged, not added. */
  Uni<View> replay(Caller caller, String id) {
    return body(caller, id).chain(this::again).chain(() -> view(caller, id));
  }

  private Uni<InboxBody> body(Caller caller, String id) {
    return caller.in(
        database,
        () ->
            InboxBody.<InboxBody>find(BY_ID, id, EventFacts.LIVEKIT, EventFacts.RECONCILER)
                .firstResult()
                .onItem()
                .ifNull()
                .failWith(() -> Type.NOT_FOUND.because("there is no such event")));
  }

  private Uni<?> again(InboxBody row) {
    WebhookEvent event =
        row.provider.equals(EventFacts.RECONCILER)
            ? FindingReader.read(Json.object(row.body))
            : EventReader.read(row.body, row.id);
    return ledger.admitted(EventFacts.of(event, row.body));
  }

  private Uni<View> view(Caller caller, String id) {
    return caller.in(
        database,
        () ->
            InboxEvent.<InboxEvent>find(BY_ID, id, EventFacts.LIVEKIT, EventFacts.RECONCILER)
                .firstResult()
                .onItem()
                .ifNull() // its call was erased meanwhile
                .failWith(() -> Type.NOT_FOUND.because("there is no such event"))
                .map(View::of));
  }
}
