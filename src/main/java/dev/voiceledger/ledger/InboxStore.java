package dev.voiceledger.ledger;

import static dev.voiceledger.call.Columns.column;
import static dev.voiceledger.call.Columns.texts;
import static dev.voiceledger.call.Columns.times;
import static dev.voiceledger.call.Columns.uuids;

import dev.voiceledger.ledger.Entry.Inbox;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Tuple;
import java.util.Collection;

/** The write of {@code webhook_events}, over a sorted set of rows given as arrays. */
final class InboxStore {
  /**
   * Events of erased calls stay out. An event counts as applied only where its call's row is there;
   * one that was kept without effect becomes applied when it is sent or replayed with more luck.
   */
  static final String INBOX =
      """
      insert into webhook_events as w (provider, id, event, room_sid, call_id, state, error,
        created_at, applied_at, body)
      select x.provider, x.id, x.event, x.sid, x.call,
        case when x.state = 'applied' and c.there is null then 'failed'
          else x.state end::webhook_event_state,
        case when x.state = 'applied' and c.there is null
          then 'another call has this session_id' else x.error end,
        x.created, case when x.state = 'applied' and c.there then now() end, x.body
      from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::uuid[], $6::text[],
        $7::text[], $8::timestamptz[], $9::bytea[])
        x (provider, id, event, sid, call, state, error, created, body)
      left join lateral (select true as there from voice_calls v where v.id = x.call offset 0) c
        on true
      left join lateral (select true as gone from erased_calls e where e.call_id = x.call offset 0)
        z on true
      where z.gone is null
      on conflict (provider, id) do update set event = excluded.event, room_sid = excluded.room_sid,
        call_id = excluded.call_id, state = excluded.state, error = excluded.error,
        applied_at = excluded.applied_at
      where w.state <> 'applied' and excluded.state = 'applied'
      returning w.provider || '/' || w.id, w.state::text\
      """;

  private InboxStore() {}

  static Tuple rows(Collection<Inbox> rows) {
    return Tuple.from(
        new Object[] {
          texts(rows, Inbox::provider),
          texts(rows, Inbox::id),
          texts(rows, Inbox::event),
          texts(rows, Inbox::roomSid),
          uuids(rows, Inbox::callId),
          texts(rows, row -> row.state().name()),
          texts(rows, Inbox::error),
          times(rows, Inbox::createdAt),
          column(rows, row -> Buffer.buffer(row.body()), Buffer[]::new)
        });
  }
}
