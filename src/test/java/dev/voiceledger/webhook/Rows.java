package dev.voiceledger.webhook;

import static org.junit.jupiter.api.Assertions.fail;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.voiceledger.TestDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What the database holds of some rooms, as text: by row ({@code call RM_1}, {@code participant
 * RM_1 PA_1}, {@code recording RM_1 EG_1}, {@code inbox EV_1}) and column; times in milliseconds.
 */
public final class Rows {
  private static final String TIMES_AS_MILLISECONDS =
      """
      create function pg_temp.ms(at timestamptz) returns bigint language sql immutable
      return floor(extract(epoch from at) * 1000)\
      """;

  private static final String CALLS =
      """
      select 'call ' || room_sid, room_name, status, pg_temp.ms(started_at) started_at,
        pg_temp.ms(connected_at) connected_at, pg_temp.ms(ended_at) ended_at, end_reason,
        duration_seconds, room_metadata, participant_count, ai_agent_used, agent_name,
        recording_url, session_id, metadata::text metadata
      from voice_calls where room_sid like ?\
      """;

  private static final String PARTICIPANTS =
      """
      select 'participant ' || c.room_sid || ' ' || p.participant_sid, p.participant_identity,
        p.participant_name, p.kind, p.participant_type, p.user_id,
        pg_temp.ms(p.joined_at) joined_at, pg_temp.ms(p.left_at) left_at, p.duration_seconds,
        p.disconnect_reason, p.is_muted, p.metadata, p.attributes::text attributes
      from call_participants p join voice_calls c on c.id = p.call_id where c.room_sid like ?\
      """;

  private static final String RECORDINGS =
      """
      select 'recording ' || c.room_sid || ' ' || r.egress_id, r.status, r.url,
        pg_temp.ms(r.started_at) started_at, pg_temp.ms(r.ended_at) ended_at, r.duration_seconds,
        r.size_bytes, r.error
      from call_recordings r join voice_calls c on c.id = r.call_id where c.room_sid like ?\
      """;

  private static final String INBOX =
      """
      select 'inbox ' || w.id, w.event, w.room_sid, w.state, pg_temp.ms(w.created_at) created_at,
        convert_from(w.body, 'UTF8') body, w.applied_at is not null applied,
        w.state <> 'applied' or w.call_id = c.id of_its_call
      from webhook_events w left join voice_calls c on c.room_sid = w.room_sid
      where w.id like ?\
      """;

  private Rows() {}

  /**
   * Calls and what hangs on them.
   *
   * @param rooms a pattern of LIKE
   */
  public static SortedMap<String, SortedMap<String, String>> ofRooms(
      TestDatabase database, String rooms) {
    SortedMap<String, SortedMap<String, String>> rows = new TreeMap<>();
    read(database, CALLS, rooms, rows);
    read(database, PARTICIPANTS, rooms, rows);
    read(database, RECORDINGS, rooms, rows);
    return rows;
  }

  /** Raw events, by a pattern of LIKE of their ids. */
  public static SortedMap<String, SortedMap<String, String>> ofInbox(
      TestDatabase database, String ids) {
    SortedMap<String, SortedMap<String, String>> rows = new TreeMap<>();
    read(database, INBOX, ids, rows);
    return rows;
  }

  /** The one call of a room. */
  static Map<String, String> call(TestDatabase database, String sid) {
    return ofRooms(database, sid).get("call " + sid);
  }

  private static void read(
      TestDatabase database,
      String sql,
      String pattern,
      SortedMap<String, SortedMap<String, String>> rows) {
    try (Connection connection = database.superuser();
        Statement function = connection.createStatement();
        PreparedStatement query = connection.prepareStatement(sql)) {
      function.execute(TIMES_AS_MILLISECONDS);
      query.setString(1, pattern.replace("_", "\\_"));
      ResultSet found = query.executeQuery();
      while (found.next()) {
        if (rows.put(found.getString(1), columns(found)) != null) {
          fail(found.getString(1) + " is there twice");
        }
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static SortedMap<String, String> columns(ResultSet row) throws SQLException {
    SortedMap<String, String> columns = new TreeMap<>();
    for (int i = 2; i <= row.getMetaData().getColumnCount(); i++) {
      String name = row.getMetaData().getColumnLabel(i);
      String value = row.getString(i);
      columns.put(name, name.equals("attributes") ? canonical(value) : String.valueOf(value));
    }
    return columns;
  }

  /** A JSON object with its keys in order. */
  static String canonical(String json) {
    try {
      JsonNode node = Webhooks.JSON.readTree(json);
      return Webhooks.JSON.treeToValue(node, TreeMap.class).toString();
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(json, e);
    }
  }

  /** Fails with the first columns that are not as expected. */
  public static void assertSame(
      SortedMap<String, SortedMap<String, String>> expected,
      SortedMap<String, SortedMap<String, String>> found) {
    if (expected.equals(found)) {
      return;
    }
    List<String> differences = new ArrayList<>();
    TreeSet<String> keys = new TreeSet<>(expected.keySet());
    keys.addAll(found.keySet());
    for (String key : keys) {
      SortedMap<String, String> wanted = expected.get(key);
      SortedMap<String, String> there = found.get(key);
      if (wanted == null || there == null) {
        differences.add(key + (there == null ? " is missing" : " should not be there"));
      } else {
        wanted.forEach((column, value) -> {
          if (!Objects.equals(value, there.get(column))) {
            differences.add(key + ": " + column + " " + there.get(column) + ", wanted " + value);
          }
        });
      }
    }
    fail(
        differences.size()
            + " differences, first\n"
            + String.join("\n", differences.subList(0, Math.min(8, differences.size()))));
  }

  /** The distinct states of calls, once the rooms' own sids are taken out. */
  static TreeSet<String> states(SortedMap<String, SortedMap<String, String>> rows) {
    Map<String, StringBuilder> byRoom = new TreeMap<>();
    rows.forEach((key, row) -> {
      String sid = key.split(" ")[1];
      byRoom
          .computeIfAbsent(sid, s -> new StringBuilder())
          .append((key + row).replace(sid, "RM").concat("\n"));
    });
    TreeSet<String> states = new TreeSet<>();
    byRoom.values().forEach(state -> states.add(state.toString()));
    return states;
  }
}
