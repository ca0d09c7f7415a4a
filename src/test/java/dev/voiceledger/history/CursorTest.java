package dev.voiceledger.history;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.voiceledger.FreshDatabase;
import dev.voiceledger.TestDatabase;
import dev.voiceledger.history.Api.Answer;
import dev.voiceledger.livekit.LiveKitDouble;
import dev.voiceledger.platform.Parameters;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Cursors that were made up, and those of other lists. */
@QuarkusTest
@WithTestResource(FreshDatabase.class)
@WithTestResource(LiveKitDouble.class)
class CursorTest {
  @TestHTTPResource URI base;
  LiveKitDouble livekit;

  TestDatabase database;

  private final String ada = People.somebody();
  private Api api;

  @BeforeEach
  void begin() {
    livekit.works();
    api = new Api(base);
    api.made(People.user(ada), "{}");
    api.made(People.user(ada), "{}");
  }

  private Answer list(String query) {
    return api.get(People.user(ada), Api.CALLS + "?" + query);
  }

  @Test
  void cursors_of_other_sorts_and_made_up_ones_are_refused() {
    List<String> bad = new ArrayList<>();
    bad.add(list("limit=1&sort=started_at").at("/next_cursor"));
    String id = People.somebody();
    for (String key :
        List.of(
            "x",
            "",
            "2026-02-31T10:00:00Z",
            "2026-01-01T10:00:00",
            "2026-01-01 10:00:00+00",
            "-999999999-01-01T10:00:00Z",
            "+999999999-01-01T10:00:00Z",
            "infinity",
            "now")) {
      bad.add(Parameters.cursor("-started_at", key, id));
    }
    bad.add(Parameters.cursor("-started_at", "2026-01-01T10:00:00Z", "1-1-1-1-1"));
    bad.add(Parameters.cursor("-started_at", "2026-01-01T10:00:00Z"));
    for (String cursor : bad) {
      list("cursor=" + cursor).isWrong("cursor");
    }
    for (String key : List.of("9999999999999999999", "1.5", "-1", "1e5", "")) {
      list("sort=duration_seconds&cursor=" + Parameters.cursor("duration_seconds", key, id))
          .isWrong("cursor");
    }
    list("sort=cost_usd&cursor=" + Parameters.cursor("cost_usd", "1e5", id)).isWrong("cursor");
  }

  /** Cursors are in UTC, wherever the database says that it is. */
  @Test
  void cursors_go_on_whatever_the_time_zone_of_the_database() {
    String zone = "alter role " + TestDatabase.SERVICE + " set timezone to 'America/Caracas'";
    Tables.write(database, zone);
    try {
      String next = list("limit=1").is(200).at("/next_cursor");
      assertEquals(1, list("cursor=" + next).is(200).json().get("data").size());
    } finally {
      Tables.write(database, "alter role " + TestDatabase.SERVICE + " reset timezone");
    }
  }
}
