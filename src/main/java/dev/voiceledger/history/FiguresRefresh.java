package dev.voiceledger.history;

import dev.voiceledger.platform.Database;
import io.quarkus.scheduler.Scheduled;
import io.quarkus.scheduler.Scheduled.ConcurrentExecution;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;

/**
 * Takes the figures of ended calls behind the ledger, so that sorting by them costs no message
 * anything. Any number of replicas may do so at once.
 */
@ApplicationScoped
class FiguresRefresh {
  private static final int CALLS_MAX = 2_000;

  private final Database database;

  FiguresRefresh(Database database) {
    this.database = database;
  }

  @Scheduled(every = "2s", concurrentExecution = ConcurrentExecution.SKIP)
  Uni<Void> refresh() {
    return FiguresStore.refreshed(database, CALLS_MAX)
        .chain(taken -> taken >= CALLS_MAX ? refresh() : Uni.createFrom().voidItem());
  }
}
