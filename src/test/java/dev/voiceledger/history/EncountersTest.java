package dev.voiceledger.history;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.voiceledger.FreshDatabase;
import dev.voiceledger.TestDatabase;
import dev.voiceledger.livekit.LiveKitDouble;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.net.URI;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A transaction that met another is run again, whole and a few times; the caller never knows. */
@QuarkusTest
@WithTestResource(FreshDatabase.class)
@WithTestResource(LiveKitDouble.class)
class EncountersTest {
  @TestHTTPResource URI base;
  LiveKitDouble livekit;
  TestDatabase database;
  @Inject MeterRegistry metrics;

  private final String ada = People.user(People.somebody());
  private Api api;
  private String id;

  @BeforeEach
  void begin() {
    livekit.works();
    api = new Api(base);
    id = api.made(ada, "{\"metadata\":{\"a\":1}}").get("id").textValue();
  }

  /** So many changes of this call fail; a sequence does not go back with its transaction. */
  private void fails(int times, String sqlState) {
    database.asSuperuser(
        """
        create sequence changes;
        grant usage on sequence changes to public;
        create function meets() returns trigger language plpgsql as $$ begin
          if new.id = '%s' and nextval('public.changes') <= %d then
            raise exception 'met another' using errcode = '%s';
          end if;
          return new;
        end $$;
        create trigger meets before update on voice_calls
          for each row execute function meets();
        """
            .formatted(id, times, sqlState));
  }

  @AfterEach
  void end() {
    database.asSuperuser(
        "drop trigger meets on voice_calls; drop function meets; drop sequence changes");
  }

  private double repeated() {
    return metrics.counter("voiceledger.transactions.repeated").count();
  }

  @ParameterizedTest
  @ValueSource(strings = {"40001", "40P01"})
  void two_encounters_pass_unseen_and_all_of_the_change_is_there(String sqlState) {
    fails(2, sqlState);
    double before = repeated();

    Api.Answer answer = api.patch(ada, id, "{\"title\":\"t\",\"metadata\":{\"b\":2}}").is(200);

    assertEquals("t", answer.at("/title"));
    assertEquals("{\"a\":1,\"b\":2}", answer.json().get("metadata").toString());
    assertEquals(2, repeated() - before);
  }

  @ParameterizedTest
  @ValueSource(strings = {"40001", "40P01"})
  void a_third_is_the_caller_s_to_try_again(String sqlState) {
    fails(3, sqlState);

    Api.Answer answer = api.patch(ada, id, "{\"title\":\"t\"}").is(503, "overloaded");

    assertEquals("1", answer.headers().firstValue("retry-after").orElse(null));
    assertEquals(null, api.get(ada, Api.CALLS + "/" + id).is(200).at("/title"));
  }
}
