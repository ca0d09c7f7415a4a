package dev.voiceledger.platform;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.Cancellable;
import io.smallrye.mutiny.subscription.UniEmitter;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A turn is given back, whatever becomes of those who have one or wait for one. */
@Timeout(90)
class TurnsTest {
  private static final int AT_ONCE = 4;
  private static final long WAIT_MS = 20;

  private final Vertx vertx = Vertx.vertx();
  private final Turns turns =
      new Turns(AT_ONCE, 64, WAIT_MS, IllegalStateException::new, TimeoutException::new);

  private final AtomicInteger now = new AtomicInteger();
  private final AtomicInteger most = new AtomicInteger();
  private final Queue<Cancellable> going = new ConcurrentLinkedQueue<>();

  @AfterEach
  void close() {
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  private <T> CompletableFuture<T> on(Context context, Uni<T> work) {
    CompletableFuture<T> done = new CompletableFuture<>();
    context.runOnContext(
        now -> turns.of(() -> work).subscribe().with(done::complete, done::completeExceptionally));
    return done;
  }

  private List<UniEmitter<? super String>> occupied(int turns) {
    List<UniEmitter<? super String>> held = new ArrayList<>();
    for (int i = 0; i < turns; i++) {
      CompletableFuture<UniEmitter<? super String>> one = new CompletableFuture<>();
      on(vertx.getOrCreateContext(), Uni.createFrom().<String>emitter(one::complete));
      held.add(one.join());
    }
    return held;
  }

  @Test
  void whoever_waits_too_long_is_told_and_holds_up_nobody() {
    var held = occupied(AT_ONCE);
    var late = on(vertx.getOrCreateContext(), Uni.createFrom().item("late"));
    var told = assertThrows(CompletionException.class, late::join);
    assertTrue(told.getCause() instanceof TimeoutException);
    held.getFirst().complete("over");
    assertEquals("next", on(vertx.getOrCreateContext(), Uni.createFrom().item("next")).join());
    assertEquals(0, turns.waiting());
  }

  @Test
  void more_than_may_wait_are_told_at_once() {
    occupied(AT_ONCE);
    Context context = vertx.getOrCreateContext();
    List<CompletableFuture<String>> all =
        IntStream.range(0, 65)
            .mapToObj(i -> on(context, Uni.createFrom().<String>nothing()))
            .toList();
    assertThrows(CompletionException.class, all.getLast()::join);
    assertEquals(64, all.stream().filter(one -> !one.isDone()).count());
  }

  @Test
  void what_yields_comes_after_all_that_does_not() throws Exception {
    Turns patient = new Turns(1, "who wait");
    Context context = vertx.getOrCreateContext();
    CompletableFuture<UniEmitter<? super String>> held = new CompletableFuture<>();
    Queue<String> came = new ConcurrentLinkedQueue<>();
    List<String> all = List.of("read 1", "read 2", "post 1", "post 2");
    CompletableFuture<Void> joined = new CompletableFuture<>();
    context.runOnContext(begin -> {
      Uni<String> first = patient.of(() -> Uni.createFrom().<String>emitter(held::complete));
      first.subscribe().with(done -> {}, failed -> {});
      for (String who : all) {
        boolean yields = who.startsWith("read");
        Uni<String> next = patient.of(context, yields, null, () -> Uni.createFrom().item(who));
        next.subscribe().with(came::add, failed -> {});
      }
      joined.complete(null);
    });
    joined.get(5, TimeUnit.SECONDS);
    held.get(5, TimeUnit.SECONDS).complete("over");
    while (came.size() < all.size()) {
      TimeUnit.MILLISECONDS.sleep(1);
    }
    assertEquals(List.of("post 1", "post 2", "read 1", "read 2"), List.copyOf(came));
  }

  @Test
  void one_has_half_of_the_turns_at_most() throws Exception {
    Turns patient = new Turns(AT_ONCE, "who wait");
    Context context = vertx.getOrCreateContext();
    Queue<UniEmitter<? super String>> begun = new ConcurrentLinkedQueue<>();
    for (int i = 0; i < AT_ONCE; i++) {
      context.runOnContext(now ->
          patient
              .of(context, true, "one", () -> Uni.createFrom().<String>emitter(begun::add))
              .subscribe()
              .with(done -> {}, failed -> {}));
    }
    CompletableFuture<String> another = new CompletableFuture<>();
    context.runOnContext(now ->
        patient
            .of(context, true, "another", () -> Uni.createFrom().item("done"))
            .subscribe()
            .with(another::complete, another::completeExceptionally));
    assertEquals("done", another.get(5, TimeUnit.SECONDS));
    assertEquals(AT_ONCE / 2, begun.size());
    assertEquals(AT_ONCE / 2, patient.waiting());
    for (int i = 0; i < AT_ONCE; i++) {
      while (begun.isEmpty()) {
        TimeUnit.MILLISECONDS.sleep(1);
      }
      begun.poll().complete("over");
    }
    while (patient.underWay() > 0) {
      TimeUnit.MILLISECONDS.sleep(1);
    }
    assertEquals(0, patient.waiting());
  }

  /** Ends, cancellations and the ends of waits in the same moments, on several event loops. */
  @Test
  void nothing_is_lost_where_all_of_it_meets() throws Exception {
    Random random = new Random(20_261_127);
    List<CompletableFuture<Void>> all = new ArrayList<>();
    for (int i = 0; i < 4_000; i++) {
      all.add(begun(1 + random.nextInt(6), random.nextInt(3) == 0));
      if (random.nextInt(8) == 0) {
        TimeUnit.MILLISECONDS.sleep(1);
        cancelAll();
      }
    }
    cancelAll();
    CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).get(60, TimeUnit.SECONDS);
    assertTrue(most.get() <= AT_ONCE, "at once: " + most);
    assertEquals(0, turns.underWay());
    assertEquals(0, turns.waiting());
  }

  private CompletableFuture<Void> begun(int takesMs, boolean toBeCancelled) {
    Context context = vertx.getOrCreateContext();
    CompletableFuture<Void> over = new CompletableFuture<>();
    context.runOnContext(begin -> {
      Cancellable one =
          turns
              .of(
                  context,
                  takesMs % 2 == 0,
                  takesMs % 3 == 0 ? "one" : null,
                  () -> lasting(context, takesMs))
              .onTermination()
              .invoke(() -> over.complete(null))
              .subscribe()
              .with(done -> {}, failed -> {});
      if (toBeCancelled) {
        going.add(one);
      }
    });
    return over;
  }

  private void cancelAll() {
    for (Cancellable one; (one = going.poll()) != null; ) {
      one.cancel();
    }
  }

  private Uni<Void> lasting(Context context, int ms) {
    return Uni.createFrom()
        .<Void>emitter(over -> {
          most.accumulateAndGet(now.incrementAndGet(), Math::max);
          context.owner().setTimer(ms, end -> over.complete(null));
        })
        .onTermination()
        .invoke(now::decrementAndGet);
  }
}
