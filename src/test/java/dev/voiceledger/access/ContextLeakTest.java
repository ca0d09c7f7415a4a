package dev.voiceledger.access;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.voiceledger.FreshDatabase;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.sqlclient.Pool;
import jakarta.inject.Inject;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Requests share connections, and leave nothing of their callers on them. */
@QuarkusTest
@WithTestResource(FreshDatabase.class)
class ContextLeakTest {
  private static final int PEOPLE = 8;
  private static final int ROUNDS = 40;
  private static final int CONNECTIONS = 8;
  private static final String LEFT_BEHIND =
      "select session_user = current_user"
          + " and coalesce(current_setting('request.jwt.claims', true), '') = '', pg_sleep(0.05)";

  @TestHTTPResource URI base;

  @Inject Pool pool;

  private static String seen(String token, String id) {
    return Tokens.bearer(token).pathParam("id", id).get("/asking/calls/{id}").asString();
  }

  @Test
  void callers_of_all_kinds_at_once_see_their_own() throws Exception {
    List<Runnable> people = new ArrayList<>();
    for (int i = 0; i < PEOPLE; i++) {
      String sid = "RM_leak" + i;
      UUID user = UUID.randomUUID();
      long now = Tokens.now();
      new Rooms(base, "leak " + i).began(sid, now - 60).joined(sid, user.toString(), now - 50);
      String own = Rooms.call(sid) + " authenticated 1";
      people.add(() -> assertEquals(own, seen(Tokens.user(user), sid)));
      people.add(() -> assertEquals(own, seen(Tokens.join("leak " + sid.charAt(7), "x"), sid)));
      String other = "RM_leak" + (i + 1) % PEOPLE;
      String absent = seen(Tokens.user(user), "absent");
      people.add(() -> assertEquals(absent, seen(Tokens.user(user), other)));
      people.add(() -> assertEquals("service_role", seen(Tokens.service(), sid).split(" ")[1]));
    }
    try (ExecutorService senders = Executors.newFixedThreadPool(PEOPLE)) {
      List<Future<?>> all = new ArrayList<>();
      for (int round = 0; round < ROUNDS; round++) {
        people.forEach(one -> all.add(senders.submit(one)));
      }
      for (Future<?> one : all) {
        one.get();
      }
    }
    assertNothingIsLeft();
  }

  /** All at once, so that each has a connection of its own. */
  private void assertNothingIsLeft() throws Exception {
    List<java.util.concurrent.CompletableFuture<Boolean>> asked = new ArrayList<>();
    for (int i = 0; i < CONNECTIONS; i++) {
      asked.add(
          pool.query(LEFT_BEHIND)
              .execute()
              .map(rows -> rows.iterator().next().getBoolean(0))
              .toCompletionStage()
              .toCompletableFuture());
    }
    for (var one : asked) {
      assertEquals(true, one.get());
    }
  }
}
