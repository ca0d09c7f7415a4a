package dev.voiceledger.history;

import dev.voiceledger.platform.AskedDatabase;
import dev.voiceledger.platform.AskedDatabase.Asked;
import jakarta.ws.rs.core.MultivaluedHashMap;
import java.util.Map;
import java.util.UUID;

/** What the store of the history asks for a page. */
public final class HistoryPages {
  private HistoryPages() {}

  /**
   * @param userId whose history; null for everybody's
   * @param given the parameters of the list, as a client sends them
   */
  public static Asked page(UUID userId, Map<String, String> given) {
    AskedDatabase database = new AskedDatabase();
    HistoryQuery query = HistoryQuery.of(new MultivaluedHashMap<>(given));
    new HistoryStore(database, query, userId).page().await().indefinitely();
    return database.last();
  }
}
