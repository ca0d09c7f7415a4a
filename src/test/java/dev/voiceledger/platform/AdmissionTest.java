package dev.voiceledger.platform;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.voiceledger.FreshDatabase;
import dev.voiceledger.TestDatabase;
import dev.voiceledger.history.Api;
import dev.voiceledger.history.Api.Answer;
import dev.voiceledger.history.People;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import java.net.URI;
import java.sql.Connection;
import java.sql.Statement;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Whoever looks for what is wrong is answered while every other read is turned away. */
@QuarkusTest
@TestProfile(AdmissionTest.NoReads.class)
@WithTestResource(FreshDatabase.class)
class AdmissionTest {
  private static final String OPERATIONS = "/api/v1/operations";
  private static final int AT_ONCE = 4;

  /** As under an overload that does not end. */
  public static class NoReads implements QuarkusTestProfile {
    @Override
    public Map<String, String> getConfigOverrides() {
      return Map.of("voiceledger.requests.reads-max", "0");
    }
  }

  TestDatabase database;

  @TestHTTPResource URI base;

  private Answer get(String path) {
    return new Api(base).get(People.admin(), path);
  }

  @Test
  void operators_are_answered_while_reads_are_turned_away() {
    get(Api.CALLS).is(503, "overloaded");
    get("/api/v1/webhook-events").is(503, "overloaded");
    get(OPERATIONS).is(200);
  }

  @Test
  void they_have_few_places_and_get_them_back() throws Exception {
    Supplier<Answer> asking = () -> get(OPERATIONS);
    try (Connection somebody = database.superuser();
        Statement locks = somebody.createStatement()) {
      somebody.setAutoCommit(false);
      locks.execute("lock table voice_calls in access exclusive mode"); // all of them wait

      List<Answer> answers = Api.atOnce(Collections.nCopies(AT_ONCE + 2, asking));

      assertEquals(2, answers.stream().filter(it -> it.body().contains("under way")).count());
    }
    for (int i = 0; i <= AT_ONCE; i++) {
      get(OPERATIONS).is(200);
    }
  }
}
