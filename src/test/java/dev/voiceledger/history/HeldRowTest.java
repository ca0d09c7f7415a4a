package dev.voiceledger.history;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.voiceledger.FreshDatabase;
import dev.voiceledger.TestDatabase;
import dev.voiceledger.history.Api.Answer;
import dev.voiceledger.livekit.LiveKitDouble;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.URI;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** RELIABILITY W10: what goes wrong between us and the database is 503, never 500. */
@QuarkusTest
@WithTestResource(FreshDatabase.class)
@WithTestResource(LiveKitDouble.class)
class HeldRowTest {
  private static final String WAITING =
      "from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";

  @TestHTTPResource URI base;
  LiveKitDouble livekit;
  TestDatabase database;

  private final String ada = People.user(People.somebody());
  private Api api;
  private String id;
  private Connection holder;

  @BeforeEach
  void hold() throws SQLException {
    livekit.works();
    api = new Api(base);
    id = api.made(ada, "{}").get("id").textValue();
    holder = database.superuser();
    holder.setAutoCommit(false);
    try (PreparedStatement lock =
        holder.prepareStatement("select 1 from voice_calls where id = ? for update")) {
      lock.setObject(1, UUID.fromString(id));
      lock.executeQuery();
    }
  }

  @AfterEach
  void letGo() throws SQLException {
    holder.close();
    api.patch(ada, id, "{\"title\":\"y\"}").is(200);
  }

  private Answer change() {
    return api.patch(ada, id, "{\"title\":\"x\"}");
  }

  @Test
  void a_row_that_somebody_holds_is_waited_for_and_then_given_up() {
    Answer answer = change().is(503, "overloaded");
    assertEquals(List.of("1"), answer.headers().allValues("retry-after"));
    assertEquals(null, api.get(ada, Api.CALLS + "/" + id).is(200).at("/title"));
  }

  @ParameterizedTest
  @CsvSource({"pg_cancel_backend, overloaded", "pg_terminate_backend, database-unavailable"})
  void a_statement_that_is_cut_off_is_our_trouble(String cut, String type) {
    Supplier<Answer> cutter =
        () -> {
          while (!"t".equals(Tables.text(database, "select " + cut + "(pid) " + WAITING))) {
            Thread.onSpinWait();
          }
          return null;
        };
    Api.atOnce(List.of(this::change, cutter)).getFirst().is(503, type);
  }
}
