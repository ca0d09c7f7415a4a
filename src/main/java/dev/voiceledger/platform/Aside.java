package dev.voiceledger.platform;

import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import java.util.concurrent.Callable;

/** Work that takes a while, for which nobody else's answer is to wait: event loops are for many. */
public final class Aside {
  private Aside() {}

  /** Runs work on a worker; what follows goes on where the request was. */
  public static <T> Uni<T> of(Callable<T> work) {
    return Uni.createFrom()
        .completionStage(
            () -> Vertx.currentContext().<T>executeBlocking(work, false).toCompletionStage());
  }
}
