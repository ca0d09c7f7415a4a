package dev.voiceledger.history;

import dev.voiceledger.FreshDatabase;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Cursors that were made up, and those of other lists. */
@QuarkusTest
@WithTestResource(FreshDatabase.class)
@WithTestResource(LiveKitDouble.class)
class CursorTest {
  @TestHTTPResource URI base;
  LiveKitDouble livekit;

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
            "0000000000 00000000",
            "2026-02-31 10:00:00+00",
            "2026-01-01 10:00:00",
            "2026-01-01 10:00:00+17",
            "0000-01-01 10:00:00+00",
            "infinity",
            "now")) {
      bad.add(Parameters.cursor("-started_at", key, id));
    }
    bad.add(Parameters.cursor("-started_at", "2026-01-01 10:00:00+00", "1-1-1-1-1"));
    bad.add(Parameters.cursor("-started_at", "2026-01-01 10:00:00+00"));
    for (String cursor : bad) {
      list("cursor=" + cursor).isWrong("cursor");
    }
    for (String key : List.of("99999999999999", "2147483648", "1.5", "-1", "1e5", "")) {
      list("sort=duration_seconds&cursor=" + Parameters.cursor("duration_seconds", key, id))
          .isWrong("cursor");
    }
    list("sort=cost_usd&cursor=" + Parameters.cursor("cost_usd", "1e5", id)).isWrong("cursor");
  }

  /** A database in the west writes offsets with a minus. */
  @ParameterizedTest
  @ValueSource(strings = {"-04", "+05:30", "-03:30", "+00"})
  void cursors_are_good_whatever_time_zone_the_database_has(String offset) {
    String at = Parameters.cursor("-started_at", "2026-05-01 10:02:00.5" + offset, ada);
    list("cursor=" + at).is(200);
  }
}
