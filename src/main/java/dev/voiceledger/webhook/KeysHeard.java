package dev.voiceledger.webhook;

import static java.util.function.Function.identity;
import static java.util.stream.Collectors.toUnmodifiableMap;

import dev.voiceledger.platform.Database;
import dev.voiceledger.platform.LiveKitKeys;
import io.quarkus.scheduler.Scheduled;
import io.quarkus.scheduler.Scheduled.ConcurrentExecution;
import io.smallrye.mutiny.Uni;
import io.vertx.core.json.JsonObject;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * When each key was last heard, for whoever wonders whether a LiveKit server still posts here. A
 * webhook leaves a number in memory; every few seconds what is new goes to the database, behind the
 * ledger, so that it outlives the process and all replicas know it.
 */
@ApplicationScoped
class KeysHeard {
  private static final long NEVER = Long.MIN_VALUE;

  private final Database database;

  /** By key, a {@link System#nanoTime} that is not yet in the database. */
  private final Map<String, AtomicLong> heard;

  KeysHeard(Database database, LiveKitKeys keys) {
    this.database = database;
    this.heard =
        keys.names().stream().collect(toUnmodifiableMap(identity(), key -> new AtomicLong(NEVER)));
  }

  /** A body that this key signed has just come in. */
  void now(String key) {
    heard.get(key).lazySet(System.nanoTime());
  }

  @Scheduled(every = "5s", concurrentExecution = ConcurrentExecution.SKIP)
  Uni<Void> write() {
    JsonObject agesMs = new JsonObject();
    long now = System.nanoTime();
    heard.forEach((key, at) -> {
      long nanos = at.getAndSet(NEVER);
      if (nanos != NEVER) {
        agesMs.put(key, TimeUnit.NANOSECONDS.toMillis(now - nanos));
      }
    });
    return agesMs.isEmpty()
        ? Uni.createFrom().voidItem()
        : KeysHeardStore.written(database, agesMs.encode())
            .onFailure()
            .recoverWithUni(away -> putBack(agesMs, now));
  }

  /** What could not be written is written the next time, where nothing newer has come. */
  private Uni<Void> putBack(JsonObject agesMs, long now) {
    agesMs.forEach(age -> {
      long nanos = now - TimeUnit.MILLISECONDS.toNanos(((Number) age.getValue()).longValue());
      heard.get(age.getKey()).compareAndSet(NEVER, nanos);
    });
    return Uni.createFrom().voidItem();
  }
}
