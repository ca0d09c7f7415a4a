package dev.voiceledger.reconcile;

import io.quarkus.vertx.VertxContextSupport;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * A pass is a thread of its own and reads from top to bottom: it waits here for what event loops
 * do. Every wait has an end.
 */
final class Waiting {
  private static final Duration STEP_MAX = Duration.ofSeconds(15);

  private Waiting() {}

  /** What comes of it; throws what it fails with, and fails when the thread is interrupted. */
  static <T> T on(Supplier<Uni<T>> work) {
    try {
      return VertxContextSupport.subscribeAndAwait(
          () -> work.get().ifNoItem().after(STEP_MAX).fail());
    } catch (RuntimeException failure) {
      throw failure;
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(stopped);
    } catch (Throwable failure) { // what the method is declared to throw
      throw new IllegalStateException(failure);
    }
  }

  /** The same for a future. */
  static <T> T on(Future<T> work) throws InterruptedException {
    try {
      return work.toCompletionStage()
          .toCompletableFuture()
          .get(STEP_MAX.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException failed) {
      if (failed.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw new IllegalStateException(failed.getCause());
    } catch (TimeoutException late) {
      throw new IllegalStateException("a step of the reconciler took too long", late);
    }
  }
}
