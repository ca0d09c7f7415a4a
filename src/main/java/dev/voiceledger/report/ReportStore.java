package dev.voiceledger.report;

import static dev.voiceledger.call.Columns.column;
import static dev.voiceledger.call.Columns.texts;
import static dev.voiceledger.call.Columns.times;
import static dev.voiceledger.call.Columns.uuids;

import dev.voiceledger.platform.Database;
import io.smallrye.mutiny.Uni;
import io.vertx.sqlclient.Tuple;
import java.util.Collection;
import java.util.List;
import java.util.UUID;

/** The writes of {@code call_usage} and of the fact that a report is in, over sets of rows. */
final class ReportStore {
  /** A statement of its own: those after it see what it waited for. */
  static final String CALLS_ARE_LOCKED =
      """
      select count(*) from (
        select from voice_calls where id = any ($1::uuid[]) order by id for no key update) l\
      """;

  /**
   * Rows are cumulative: the later report of a key replaces the earlier, whichever came first. A
   * price is of the figures that it was made for, so it goes with them.
   */
  static final String USAGE =
      """
      insert into call_usage as u (call_id, source, type, provider, model, input_tokens,
        output_tokens, characters_count, audio_seconds, details, reported_at, report_digest)
      select x.call, x.source, x.type, x.provider, x.model, x.input, x.output, x.characters,
        x.seconds, x.details::jsonb, x.reported, x.digest
      from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::int[], $7::int[],
        $8::int[], $9::numeric[], $10::text[], $11::timestamptz[], $12::uuid[])
        x (call, source, type, provider, model, input, output, characters, seconds, details,
          reported, digest)
      join lateral (select from voice_calls c where c.id = x.call offset 0) c on true
      on conflict (call_id, source, type, provider, model) do update set
        input_tokens = excluded.input_tokens, output_tokens = excluded.output_tokens,
        characters_count = excluded.characters_count, audio_seconds = excluded.audio_seconds,
        cost_usd = excluded.cost_usd, details = excluded.details,
        reported_at = excluded.reported_at, report_digest = excluded.report_digest
      where (coalesce(excluded.reported_at, '-infinity'), excluded.report_digest)
        > (coalesce(u.reported_at, '-infinity'),
          coalesce(u.report_digest, '00000000-0000-0000-0000-000000000000'))
      returning u.call_id, u.source, u.type, u.provider, u.model\
      """;

  static final String REPORTED =
      """
      update voice_calls c set agent_reported = true
      where c.id = any ($1::uuid[]) and not c.agent_reported returning c.id\
      """;

  /** An erased call has none. */
  static final String COMPLETENESS =
      "select c.id, c.completeness from voice_calls c where c.id = any ($1::uuid[])";

  private static final String SETTLED = "select voiceledger.settle_calls(?1)";

  private ReportStore() {}

  static Tuple calls(Collection<UUID> ids) {
    return Tuple.of(ids.toArray(UUID[]::new));
  }

  /** Binds {@link #USAGE}. */
  static Tuple usage(Collection<UsageRow> rows) {
    return Tuple.from(
        new Object[] {
          uuids(rows, UsageRow::callId),
          texts(rows, UsageRow::source),
          texts(rows, UsageRow::type),
          texts(rows, UsageRow::provider),
          texts(rows, UsageRow::model),
          column(rows, UsageRow::inputTokens, Integer[]::new),
          column(rows, UsageRow::outputTokens, Integer[]::new),
          column(rows, UsageRow::charactersCount, Integer[]::new),
          column(rows, UsageRow::audioSeconds, java.math.BigDecimal[]::new),
          texts(rows, UsageRow::details),
          times(rows, UsageRow::reportedAt),
          uuids(rows, UsageRow::digest)
        });
  }

  /** Completes so many calls whose time is over; answers how many. */
  static Uni<Integer> settled(Database database, int callsMax) {
    return database.asJob(() -> database.ask(SETTLED, Integer.class, callsMax)).map(List::getFirst);
  }
}
