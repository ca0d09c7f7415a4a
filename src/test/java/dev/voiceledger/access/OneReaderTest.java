package dev.voiceledger.access;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.voiceledger.FreshDatabase;
import dev.voiceledger.TestDatabase;
import dev.voiceledger.history.Api;
import dev.voiceledger.history.People;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.URI;
import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One reader does not take all the places that there are for reads. */
@QuarkusTest
@WithTestResource(FreshDatabase.class)
@Timeout(30)
class OneReaderTest {
  private static final int MORE = 20;

  @TestHTTPResource URI base;
  TestDatabase database;

  @Test
  void what_one_asks_for_too_much_is_429_and_others_are_served() throws Exception {
    String greedy = People.user(People.somebody());
    String modest = People.user(People.somebody());
    new Api(base).get(greedy, Api.CALLS).is(200);
    new Api(base).get(modest, Api.CALLS).is(200);
    try (ExecutorService many = Executors.newVirtualThreadPerTaskExecutor();
        Connection other = database.superuser();
        Statement locks = other.createStatement()) {
      other.setAutoCommit(false);
      locks.execute("lock table voice_calls in access exclusive mode");
      List<Future<Integer>> asked = all(many, greedy, Readings.AT_ONCE_MAX + MORE);
      while (asked.stream().filter(Future::isDone).count() < MORE) {
        TimeUnit.MILLISECONDS.sleep(5);
      }
      List<Future<Integer>> others = all(many, modest, 1);
      other.commit();
      List<Integer> told = told(asked);
      assertEquals(Readings.AT_ONCE_MAX, Collections.frequency(told, 200), told.toString());
      assertEquals(MORE, Collections.frequency(told, 429), told.toString());
      assertEquals(List.of(200), told(others));
      List<Integer> again = told(all(many, greedy, Readings.AT_ONCE_MAX));
      assertEquals(Collections.nCopies(Readings.AT_ONCE_MAX, 200), again, "places are given back");
    }
  }

  private List<Future<Integer>> all(ExecutorService many, String token, int count) {
    List<Future<Integer>> asked = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      asked.add(many.submit(() -> new Api(base).get(token, Api.CALLS).status()));
    }
    return asked;
  }

  private static List<Integer> told(List<Future<Integer>> asked)
      throws InterruptedException, ExecutionException {
    List<Integer> told = new ArrayList<>();
    for (Future<Integer> one : asked) {
      told.add(one.get());
    }
    return told;
  }
}
