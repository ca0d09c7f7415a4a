package dev.voiceledger.call;

import static dev.voiceledger.call.Columns.column;
import static dev.voiceledger.call.Columns.texts;
import static dev.voiceledger.call.Columns.times;
import static dev.voiceledger.call.Columns.uuids;

import io.vertx.sqlclient.Tuple;
import java.util.Collection;

/** The write of {@code call_recordings}, over a sorted set of rows given as arrays. */
public final class RecordingStore {
  /** Status, url, length, size and error go together: those with the greatest key hold. */
  public static final String RECORDINGS =
      """
      insert into call_recordings as r (call_id, egress_id, info_key, status, url, started_at,
        ended_at, duration_seconds, size_bytes, error)
      select x.call, x.egress, x.key, x.status, x.url, x.started, x.ended, x.seconds, x.bytes,
        x.error
      from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::timestamptz[],
        $7::timestamptz[], $8::int[], $9::bigint[], $10::text[])
        x (call, egress, key, status, url, started, ended, seconds, bytes, error)
      join lateral (select from voice_calls c where c.id = x.call offset 0) c on true
      on conflict (call_id, egress_id) do update set
        status = case when excluded.info_key > r.info_key then excluded.status else r.status end,
        url = case when excluded.info_key > r.info_key then excluded.url else r.url end,
        duration_seconds = case when excluded.info_key > r.info_key
          then excluded.duration_seconds else r.duration_seconds end,
        size_bytes = case when excluded.info_key > r.info_key
          then excluded.size_bytes else r.size_bytes end,
        error = case when excluded.info_key > r.info_key then excluded.error else r.error end,
        started_at = least(r.started_at, excluded.started_at),
        ended_at = greatest(r.ended_at, excluded.ended_at),
        info_key = greatest(r.info_key, excluded.info_key)
      where (least(r.started_at, excluded.started_at), greatest(r.ended_at, excluded.ended_at),
        greatest(r.info_key, excluded.info_key)) is distinct from (
        r.started_at, r.ended_at, r.info_key)\
      """;

  private RecordingStore() {}

  /** Binds {@link #RECORDINGS}. */
  public static Tuple facts(Collection<RecordingFacts> recordings) {
    return Tuple.from(
        new Object[] {
          uuids(recordings, RecordingFacts::callId),
          texts(recordings, RecordingFacts::egressId),
          texts(recordings, RecordingFacts::infoKey),
          texts(recordings, RecordingFacts::status),
          texts(recordings, RecordingFacts::url),
          times(recordings, RecordingFacts::startedAt),
          times(recordings, RecordingFacts::endedAt),
          column(recordings, RecordingFacts::durationSeconds, Integer[]::new),
          column(recordings, RecordingFacts::sizeBytes, Long[]::new),
          texts(recordings, RecordingFacts::error)
        });
  }
}
