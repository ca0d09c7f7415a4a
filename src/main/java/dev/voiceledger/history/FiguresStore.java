package dev.voiceledger.history;

import dev.voiceledger.platform.Database;
import io.smallrye.mutiny.Uni;
import java.util.List;

/** Figures of ended calls, which are written behind the ledger. */
final class FiguresStore {
  private static final String REFRESH = "select voiceledger.refresh_figures(?1)";

  private FiguresStore() {}

  /** Takes the figures of so many calls anew; answers how many it took. */
  static Uni<Integer> refreshed(Database database, int callsMax) {
    return database.asJob(() -> database.ask(REFRESH, Integer.class, callsMax)).map(List::getFirst);
  }
}
