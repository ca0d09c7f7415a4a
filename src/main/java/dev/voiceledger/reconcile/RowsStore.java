package dev.voiceledger.reconcile;

import dev.voiceledger.platform.Database;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What the rows say is under way, read as the service. Times cross as Unix milliseconds, rounded
 * up, so that an end is never before the evidence that it is read from.
 */
@ApplicationScoped
class RowsStore {
  /** Of each status, the newest; more than LiveKit's servers carry. */
  static final int OPEN_CALLS_MAX = 20_000;

  static final int RECORDINGS_MAX = 20;

  /** Two ways through one index; asked for both at once, the planner walks all calls there are. */
  private static final String OF_STATUS =
      """
      (select id, room_sid, room_name,
        cast(ceil(extract(epoch from started_at) * 1000) as bigint)
      from voice_calls
      where status = '%s' and room_sid is not null
      order by started_at desc limit %d)\
      """;

  private static final String OPEN_CALLS =
      OF_STATUS.formatted("active", OPEN_CALLS_MAX)
          + " union all "
          + OF_STATUS.formatted("pending", OPEN_CALLS_MAX);

  /** A leaving is no evidence that somebody is there, but it is that the room was. */
  private static final String LAST_EVIDENCE =
      """
      select c.id, cast(ceil(extract(epoch from greatest(c.last_alive_at, c.restarted_at,
          c.room_created_at, c.first_event_at, c.started_at, p.at)) * 1000) as bigint)
      from voice_calls c,
        lateral (select max(greatest(q.last_alive_at, q.joined_at, q.left_reported_at)) as at
          from call_participants q where q.call_id = c.id) p
      where c.id = any (cast(cast(?1 as text) as uuid[])) and c.ended_at is null\
      """;

  private static final String PRESENT =
      """
      select call_id, participant_sid, participant_identity,
        cast(ceil(extract(epoch from coalesce(greatest(last_alive_at, joined_at), created_at))
          * 1000) as bigint),
        cast(ceil(extract(epoch from created_at) * 1000) as bigint), left_inferred_at is not null
      from call_participants
      where call_id = any (cast(cast(?1 as text) as uuid[])) and left_at is null\
      """;

  private static final String OPEN_RECORDINGS =
      """
      select c.room_sid, r.egress_id, coalesce(c.ended_at < now() - interval '1 hour', false)
      from call_recordings r join voice_calls c on c.id = r.call_id
      where r.status not in
          ('EGRESS_COMPLETE', 'EGRESS_FAILED', 'EGRESS_ABORTED', 'EGRESS_LIMIT_REACHED')
        and c.room_sid is not null and r.egress_id > ?1
      order by r.egress_id limit\s\
      """
          + RECORDINGS_MAX;

  private final Database database;

  RowsStore(Database database) {
    this.database = database;
  }

  /** A call that is not over. */
  record OpenCall(UUID id, String roomSid, String roomName, Instant startedAt) {}

  Uni<List<OpenCall>> openCalls() {
    return rows(
        OPEN_CALLS,
        row -> new OpenCall((UUID) row[0], (String) row[1], (String) row[2], instant(row[3])));
  }

  /** By call, the latest that anybody said of its life; of calls that are still open. */
  Uni<Map<UUID, Instant>> lastEvidence(Collection<UUID> calls) {
    return rows(LAST_EVIDENCE, row -> Map.entry((UUID) row[0], instant(row[1])), array(calls))
        .map(rows ->
            rows.stream().collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)));
  }

  /**
   * Somebody who has not left, by the rows.
   *
   * @param lastAliveAt the latest that anybody said of their being there
   * @param knownSince when the row came to be
   * @param wasMissed whether they were taken for gone before
   */
  record Present(
      UUID callId,
      String sid,
      String identity,
      Instant lastAliveAt,
      Instant knownSince,
      boolean wasMissed) {

    /**
     * The last evidence of their being there.
     *
     * @param listedAt when the people of the call were last listed
     */
    Instant lastSeenAt(Instant listedAt) {
      boolean listed =
          !wasMissed && knownSince.isBefore(listedAt) && lastAliveAt.isBefore(listedAt);
      return listed ? listedAt : lastAliveAt;
    }
  }

  Uni<List<Present>> present(Collection<UUID> calls) {
    return rows(
        PRESENT,
        row ->
            new Present(
                (UUID) row[0],
                (String) row[1],
                (String) row[2],
                instant(row[3]),
                instant(row[4]),
                (Boolean) row[5]),
        array(calls));
  }

  /**
   * A recording that is not finished.
   *
   * @param isLate whether its call was over an hour ago
   */
  record OpenRecording(String roomSid, String egressId, boolean isLate) {}

  /** The first of them after this one, by id. */
  Uni<List<OpenRecording>> openRecordings(String afterEgressId) {
    return rows(
        OPEN_RECORDINGS,
        row -> new OpenRecording((String) row[0], (String) row[1], (Boolean) row[2]),
        afterEgressId);
  }

  private <T> Uni<List<T>> rows(String sql, Function<Object[], T> read, Object... values) {
    return database.asJob(() ->
        database.ask(sql, Object[].class, values).map(rows -> rows.stream().map(read).toList()));
  }

  private static Instant instant(Object millis) {
    return Instant.ofEpochMilli((Long) millis);
  }

  private static String array(Collection<UUID> ids) {
    return ids.stream().map(UUID::toString).collect(Collectors.joining(",", "{", "}"));
  }
}
