package dev.voiceledger.webhook;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.voiceledger.FreshDatabase;
import dev.voiceledger.RawAnswer;
import dev.voiceledger.platform.BodyBudget;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.io.IOException;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Bytes of bodies under way are counted: all together are bounded, and every one is given back. */
@QuarkusTest
@TestProfile(Hostile.class)
@WithTestResource(FreshDatabase.class)
class WebhookBudgetTest {
  private static final int MIB = 1024 * 1024;
  private static final long GROWTH_MAX = 20L * MIB;

  @Inject BodyBudget budget;

  @TestHTTPResource URI base;

  @AfterEach
  void nothingIsLeftInTheBudget() {
    soon(() -> budget.used() == 0);
  }

  private static String goodToken(byte[] body) {
    return Forgeries.good(body, Instant.now().getEpochSecond());
  }

  private static void soon(BooleanSupplier condition) {
    long end = System.nanoTime() + 5_000_000_000L;
    while (!condition.getAsBoolean() && System.nanoTime() < end) {
      Thread.onSpinWait();
    }
    assertTrue(condition.getAsBoolean());
  }

  @Test
  void announcing_much_and_sending_nothing_takes_no_memory() throws IOException {
    Memory memory = new Memory();
    List<RawConnection> idle = new ArrayList<>();
    for (int i = 0; i < 64; i++) {
      RawConnection connection = new RawConnection(base);
      connection.head(List.of(goodToken(new byte[0])), "Content-Length: " + 4 * MIB);
      connection.write(new byte[] {'{'});
      idle.add(connection);
    }
    soon(() -> budget.used() == 64);
    memory.look();
    for (RawConnection connection : idle) {
      connection.close();
    }
    assertTrue(memory.grownBytes() < GROWTH_MAX, () -> "grown by " + memory.grownBytes());
  }

  @Test
  void all_bodies_together_have_a_bound_and_who_goes_away_gives_back() throws IOException {
    byte[] most = new byte[4 * MIB - 1];
    long bodies = BodyBudget.BYTES_MAX / (4 * MIB);
    List<RawConnection> held = new ArrayList<>();
    for (int i = 0; i < bodies; i++) {
      held.add(unfinished(most));
    }
    soon(() -> budget.used() == bodies * most.length);
    byte[] more = new byte[100];
    RawAnswer refused = RawConnection.post(base, List.of(LiveKitSender.sign(more)), more);
    assertEquals(503, refused.status());
    assertTrue(refused.isProblem());
    assertFalse(refused.has("retry-after"), "LiveKit would obey it without bound");
    held.removeFirst().close();
    soon(() -> budget.used() == (bodies - 1) * most.length);
    assertEquals(200, ordinary());
    for (RawConnection connection : held) {
      connection.close();
    }
  }

  private RawConnection unfinished(byte[] allButOneByte) throws IOException {
    RawConnection connection = new RawConnection(base);
    connection.head(
        List.of(goodToken(allButOneByte)), "Content-Length: " + (allButOneByte.length + 1));
    connection.write(allButOneByte);
    return connection;
  }

  @Test
  void who_goes_away_in_the_middle_leaves_nothing_behind() throws IOException {
    for (int i = 0; i < 100; i++) {
      RawConnection connection = new RawConnection(base);
      connection.head(List.of(goodToken(new byte[0])), "Content-Length: " + MIB);
      connection.write(new byte[100_000]);
      if (i == 0) {
        soon(() -> budget.used() > 0);
      }
      connection.close();
    }
    soon(() -> budget.used() == 0);
  }

  private int ordinary() {
    long now = Instant.now().getEpochSecond();
    return new LiveKitSender(base)
        .post(Webhooks.roomStarted("RM_between", "between", now * 1000, now));
  }
}
