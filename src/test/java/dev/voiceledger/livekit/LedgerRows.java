package dev.voiceledger.livekit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.voiceledger.TestDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Holds the rows of a database against a {@link Notebook}. It knows the rules of DESIGN.md §3 and
 * nothing of the service's code: rows are read with SQL, what they must say is reckoned here anew.
 */
public final class LedgerRows {
  /** Webhooks tell the end to the second; the watcher sees it a little later. */
  private static final Duration ENDS_APART_MAX = Duration.ofSeconds(2);

  private static final ObjectMapper JSON = new ObjectMapper();

  private static final String EVENTS =
      """
      select room_sid || ' ' || event as event, count(*) as count
      from webhook_events
      where room_sid = any (?) and state = 'applied' and applied_at is not null
        and call_id = (select c.id from voice_calls c where c.room_sid = webhook_events.room_sid)
      group by 1\
      """;

  private static final String PASSWORDS =
      """
      select count(*) filter (where body ~ '"turnPassword": *"[*]+"') as overwritten,
        count(*) filter (where body ~ '"turnPassword": *"[*]*[^*"]') as readable
      from (select convert_from(body, 'UTF8') as body from webhook_events
        where room_sid = any (?)) e\
      """;

  private final TestDatabase database;

  public LedgerRows(TestDatabase database) {
    this.database = database;
  }

  /** The rows say what the notebook says, and of its rooms nothing else. */
  public void assertTell(Notebook notebook) {
    List<String> rooms = notebook.roomSids();
    assertEquals(notebook.events(), events(notebook));
    Map<String, CallRow> calls = rows(CallRow.OF_ROOMS, rooms, CallRow::read, CallRow::roomSid);
    Map<String, PersonRow> people =
        rows(PersonRow.OF_ROOMS, rooms, PersonRow::read, PersonRow::sid);
    for (Notebook.Call call : notebook.calls()) {
      CallRow row = calls.remove(call.roomSid());
      assertNotNull(row, () -> "no row of " + call);
      assertNear(call.finishedAt(), row.endedAt(), call);
      assertEquals(CallRow.of(call, row.endedAt()), row);
      for (Notebook.Person person : call.people()) {
        assertTells(call, person, people.remove(person.participantSid()));
      }
    }
    assertEquals(Map.of(), calls, "calls that nobody saw");
    assertEquals(Map.of(), people, "participants whom nobody saw");
    assertPasswordsAreOverwritten(rooms);
  }

  private static void assertTells(Notebook.Call call, Notebook.Person person, PersonRow row) {
    assertNotNull(row, () -> "no row of " + person);
    assertNear(person.leftAt(), row.leftAt(), person);
    assertEquals(PersonRow.of(call, person, row), row);
  }

  private static void assertNear(Instant seen, Instant told, Record whose) {
    assertNotNull(told, () -> "no end of " + whose);
    assertTrue(
        Duration.between(seen, told).abs().compareTo(ENDS_APART_MAX) <= 0,
        () -> "the row says " + told + " of the end of " + whose);
  }

  /** How many events of which name are applied of which of the notebook's rooms. */
  public Map<String, Long> events(Notebook notebook) {
    Map<String, Long> events = new TreeMap<>();
    query(
        EVENTS,
        notebook.roomSids(),
        row -> events.put(row.getString("event"), row.getLong("count")));
    return events;
  }

  private void assertPasswordsAreOverwritten(List<String> rooms) {
    query(
        PASSWORDS,
        rooms,
        row -> {
          assertEquals(0, row.getInt("readable"), "bodies with a readable turnPassword");
          assertTrue(row.getInt("overwritten") >= rooms.size(), "bodies with a turnPassword");
          return null;
        });
  }

  private interface Reader<T> {
    T read(ResultSet row) throws SQLException;
  }

  private <T> Map<String, T> rows(
      String sql, List<String> rooms, Reader<T> reader, Function<T, String> key) {
    Map<String, T> rows = new TreeMap<>();
    query(
        sql,
        rooms,
        row -> {
          T one = reader.read(row);
          return rows.put(key.apply(one), one);
        });
    return rows;
  }

  private void query(String sql, List<String> rooms, Reader<?> each) {
    try (Connection connection = database.superuser();
        PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setArray(1, connection.createArrayOf("text", rooms.toArray()));
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          each.read(rows);
        }
      }
    } catch (SQLException e) {
      throw new IllegalStateException(sql, e);
    }
  }

  static Map<String, String> attributes(String json) {
    try {
      return JSON.readValue(json, new TypeReference<>() {});
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Instant instant(ResultSet row, String column) throws SQLException {
    OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
    return time == null ? null : time.toInstant();
  }

  static Integer wholeSeconds(Instant from, Instant to) {
    return from == null ? null : (int) Math.max(0, Duration.between(from, to).toSeconds());
  }

  static String orNull(String text) {
    return text.isEmpty() ? null : text;
  }
}
