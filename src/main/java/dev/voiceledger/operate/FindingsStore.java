package dev.voiceledger.operate;

import dev.voiceledger.operate.Operations.Finding;
import dev.voiceledger.platform.Database;
import dev.voiceledger.platform.Times;
import dev.voiceledger.webhook.FindingSaid;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.OffsetDateTime;
import java.util.Base64;
import java.util.List;
import java.util.UUID;

/**
 * What the reconciler found lately, with what it says of itself: bodies are read here, for JSON of
 * a body may hold what PostgreSQL's own cannot.
 */
@ApplicationScoped
class FindingsStore {
  private static final int NEWEST = 20;

  /** LiveKit's own bounds of metadata and attributes fit in, also where JSON spells them longer. */
  private static final int BODY_BYTES_MAX = 512 * 1024;

  private static final byte[] NO_BODY = {};

  /** Its ids grow with time, so that the primary key serves, and no index beside it. */
  static final String RECONCILED =
      """
      select id, event, room_sid, call_id, error, received_at, created_at,
        case when octet_length(body) <= %d then encode(body, 'base64') end
      from webhook_events
      where provider = 'reconciler' order by id desc limit %d\
      """
          .formatted(BODY_BYTES_MAX, NEWEST);

  private final Database database;

  FindingsStore(Database database) {
    this.database = database;
  }

  /** Newest first, in a transaction that the caller has opened. */
  Uni<List<Finding>> newest() {
    return database
        .ask(RECONCILED, Object[].class)
        .map(rows -> rows.stream().map(FindingsStore::finding).toList());
  }

  private static Finding finding(Object[] row) {
    String body = (String) row[7];
    FindingSaid said =
        FindingSaid.of(body == null ? NO_BODY : Base64.getMimeDecoder().decode(body));
    return new Finding(
        (String) row[0],
        (String) row[1],
        (String) row[2],
        (UUID) row[3],
        said.participantSid(),
        said.participantIdentity(),
        said.egressId(),
        said.status(),
        text(row[6]),
        Times.text(said.lastSeenAt()),
        (String) row[4],
        text(row[5]));
  }

  private static String text(Object column) {
    return column == null ? null : Times.text(((OffsetDateTime) column).toInstant());
  }
}
