package dev.voiceledger.reconcile;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import dev.voiceledger.call.CallFacts;
import dev.voiceledger.call.ParticipantFacts;
import dev.voiceledger.call.RecordingFacts;
import dev.voiceledger.platform.Database;
import dev.voiceledger.webhook.Finding;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;

/**
 * Which findings say something that the rows do not: all of them are asked about in one statement,
 * and the rows stay where they are. Long texts are compared by their digests.
 */
@ApplicationScoped
class NewsStore {
  /** A call whose end was reported stays over, whatever a listing says; an erased one is gone. */
  private static final String OF_ROOMS =
      """
      select x.i, c.id is null
      from jsonb_to_recordset(cast(cast(?1 as text) as jsonb))
        x (i integer, id uuid, name text, created bigint, key text, metadata text, at bigint)
      left join lateral (select * from voice_calls v where v.id = x.id offset 0) c on true
      left join lateral (select true as gone from erased_calls e where e.call_id = x.id offset 0) z
        on true
      where z.gone is null
        and not coalesce(c.end_reported_at >= coalesce(c.restarted_at, '-infinity'), false)
        and (c.id is null
          or c.ended_at is not null and extract(epoch from c.end_inferred_at) * 1000 < x.at
          or c.room_name is null and x.name is not null
          or c.room_created_at is null and x.created is not null
          or ceil(extract(epoch from c.room_created_at) * 1000) > x.created
          or x.key > coalesce(c.room_info_key, '')
            and md5(c.room_metadata) is distinct from x.metadata)\
      """;

  private static final String OF_PEOPLE =
      """
      select x.i, p.participant_sid is null
      from jsonb_to_recordset(cast(cast(?1 as text) as jsonb))
        x (i integer, call uuid, sid text, joined bigint, name text, kind text, recorder boolean,
          metadata text, attributes jsonb, key text, muted boolean, at bigint)
      left join lateral (select * from call_participants q
        where q.call_id = x.call and q.participant_sid = x.sid offset 0) p on true
      left join lateral (select true as gone from erased_calls e where e.call_id = x.call offset 0)
        z on true
      left join lateral (select v.end_reported_at >= coalesce(v.restarted_at, '-infinity') as over
        from voice_calls v where v.id = x.call offset 0) c on true
      where z.gone is null and not coalesce(c.over, false) and p.left_reported_at is null
        and (p.participant_sid is null or p.joined_at is null
          or ceil(extract(epoch from p.joined_at) * 1000) > x.joined
          or p.left_inferred_at >= coalesce(p.last_alive_at, '-infinity')
            and extract(epoch from p.left_inferred_at) * 1000 < x.at
          or x.key > coalesce(p.info_key, '') and (p.info_key is null
            or (p.participant_name, p.kind, p.is_recorder, md5(p.metadata), p.attributes)
              is distinct from (x.name, x.kind, x.recorder, x.metadata, x.attributes))
          or x.key > coalesce(p.muted_key, '') and p.is_muted <> x.muted)\
      """;

  private static final String OF_EGRESSES =
      """
      select x.i, r.egress_id is null
      from jsonb_to_recordset(cast(cast(?1 as text) as jsonb))
        x (i integer, call uuid, egress text, key text, status text, url text, seconds integer,
          bytes bigint, error text)
      left join lateral (select * from call_recordings q
        where q.call_id = x.call and q.egress_id = x.egress offset 0) r on true
      left join lateral (select true as gone from erased_calls e where e.call_id = x.call offset 0)
        z on true
      where z.gone is null and (r.egress_id is null
        or x.key > r.info_key and (r.status, r.url, r.duration_seconds, r.size_bytes, r.error)
          is distinct from (x.status, x.url, x.seconds, x.bytes, x.error))\
      """;

  private final Database database;

  NewsStore(Database database) {
    this.database = database;
  }

  /**
   * A finding that says something new.
   *
   * @param unknown whether there is no row of it at all
   */
  record News(Finding finding, boolean unknown) {}

  Uni<List<News>> ofRooms(List<Finding> findings) {
    return news(OF_ROOMS, findings, (json, finding) -> room(json, finding.facts().call()));
  }

  private static void room(ObjectNode json, CallFacts call) {
    json.put("id", call.id().toString())
        .put("name", call.roomName())
        .put("created", millis(call.roomCreatedAt()))
        .put("key", call.infoKey())
        .put("metadata", md5(call.roomMetadata()))
        .put("at", millis(call.lastAliveAt()));
  }

  Uni<List<News>> ofPeople(List<Finding> findings) {
    return news(
        OF_PEOPLE, findings, (json, finding) -> participant(json, finding.facts().participant()));
  }

  private static void participant(ObjectNode json, ParticipantFacts facts) {
    json.put("call", facts.callId().toString())
        .put("sid", facts.sid())
        .put("joined", millis(facts.joinedAt()))
        .put("name", facts.info().name())
        .put("kind", facts.info().kind())
        .put("recorder", facts.info().recorder())
        .put("metadata", md5(facts.info().metadata()))
        .put("key", facts.info().key())
        .put("muted", facts.mute().muted())
        .put("at", millis(facts.lastAliveAt()));
    json.putRawValue("attributes", new RawValue(facts.info().attributes()));
  }

  Uni<List<News>> ofEgresses(List<Finding> findings) {
    return news(
        OF_EGRESSES, findings, (json, finding) -> recording(json, finding.facts().recording()));
  }

  private static void recording(ObjectNode json, RecordingFacts facts) {
    json.put("call", facts.callId().toString())
        .put("egress", facts.egressId())
        .put("key", facts.infoKey())
        .put("status", facts.status())
        .put("url", facts.url())
        .put("seconds", facts.durationSeconds())
        .put("bytes", facts.sizeBytes())
        .put("error", facts.error());
  }

  /** How a finding is told to the database. */
  private interface Telling {
    void tell(ObjectNode json, Finding finding);
  }

  private Uni<List<News>> news(String sql, List<Finding> findings, Telling telling) {
    if (findings.isEmpty()) {
      return Uni.createFrom().item(List.of());
    }
    ArrayNode all = JsonNodeFactory.instance.arrayNode(findings.size());
    for (int i = 0; i < findings.size(); i++) {
      telling.tell(all.addObject().put("i", i), findings.get(i));
    }
    return database
        .asJob(() -> database.ask(sql, Object[].class, all.toString()))
        .map(rows ->
            rows.stream()
                .map(row -> new News(findings.get((Integer) row[0]), (Boolean) row[1]))
                .toList());
  }

  private static Long millis(Instant at) {
    return at == null ? null : at.toEpochMilli();
  }

  private static String md5(String text) {
    if (text == null) {
      return null;
    }
    try {
      byte[] digest = MessageDigest.getInstance("MD5").digest(text.getBytes(UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has MD5", e);
    }
  }
}
