package dev.voiceledger.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.voiceledger.TestDatabase;
import dev.voiceledger.history.People;
import dev.voiceledger.history.Tables;
import dev.voiceledger.live.Stream;
import dev.voiceledger.live.Stream.Told;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** A reader of one replica's live stream, who writes down what was told of each row, and when. */
final class Hearing implements AutoCloseable {
  private static final String VERSIONS =
      """
      select kind || ' ' || key || ' ' || (extract(epoch from updated_at) * 1000000)::bigint
      from (
        select 'call' as kind, id::text as key, updated_at from voice_calls
        union all select 'message', id::text, updated_at from voice_messages
        union all select 'participant', participant_sid, updated_at from call_participants
        union all select 'recording', egress_id, updated_at from call_recordings) r
      order by 1\
      """;

  private static final long WAIT_MAX_MS = 30_000;

  private final Stream stream;
  private long number = -1;

  /** Of each row, the number under which it was told last. */
  private final Map<String, Long> numbers = new HashMap<>();

  private final SortedMap<String, Long> versions = new TreeMap<>();

  /** Opens it, and waits for its beginning. */
  Hearing(URI base) {
    stream = Stream.open(base, People.service(), Stream.ALL);
  }

  /**
   * Both have heard of every row as it stands, and in the same order.
   *
   * @return how many rows that are
   */
  int assertAgrees(Hearing other, TestDatabase database) {
    SortedMap<String, Long> rows = new TreeMap<>();
    for (String row : Tables.texts(database, VERSIONS)) {
      int cut = row.lastIndexOf(' ');
      rows.put(row.substring(0, cut), Long.valueOf(row.substring(cut + 1)));
    }
    hears(rows);
    other.hears(rows);
    assertEquals(rows, versions);
    assertEquals(rows, other.versions);
    assertEquals(inOrder(), other.inOrder());
    assertEquals(numbers, other.numbers);
    return rows.size();
  }

  /** Reads on until it has heard all that, or too long nothing new. */
  private void hears(SortedMap<String, Long> rows) {
    long late = System.currentTimeMillis() + WAIT_MAX_MS;
    while (!versions.equals(rows) && System.currentTimeMillis() < late) {
      Told told = stream.poll(1_000);
      if (told != null) {
        hear(told);
      }
    }
    for (Told told; (told = stream.poll(1_000)) != null; ) {
      hear(told);
    }
  }

  private void hear(Told told) {
    assertTrue(told.number() > number, told.number() + " after " + number);
    number = told.number();
    String key =
        switch (told.event()) {
          case "participant" -> told.at("participant_sid");
          case "recording" -> told.at("egress_id");
          default -> told.at("id");
        };
    String row = told.event() + " " + key;
    numbers.put(row, number);
    versions.merge(row, told.json().path("version").asLong(), Math::max);
  }

  private List<String> inOrder() {
    List<String> rows = new ArrayList<>(numbers.keySet());
    rows.sort((a, b) -> Long.compare(numbers.get(a), numbers.get(b)));
    return rows;
  }

  @Override
  public void close() {
    stream.close();
  }
}
