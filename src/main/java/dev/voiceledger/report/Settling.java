package dev.voiceledger.report;

import dev.voiceledger.platform.Database;
import io.quarkus.scheduler.Scheduled;
import io.quarkus.scheduler.Scheduled.ConcurrentExecution;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;

/**
 * Completes calls of which nothing more came: the clock makes no event, so somebody looks. Any
 * number of replicas may do so at once.
 */
@ApplicationScoped
class Settling {
  private static final int CALLS_MAX = 500;

  private final Database database;

  Settling(Database database) {
    this.database = database;
  }

  @Scheduled(every = "30s", concurrentExecution = ConcurrentExecution.SKIP)
  Uni<Void> settle() {
    return ReportStore.settled(database, CALLS_MAX)
        .chain(settled -> settled >= CALLS_MAX ? settle() : Uni.createFrom().voidItem());
  }
}
