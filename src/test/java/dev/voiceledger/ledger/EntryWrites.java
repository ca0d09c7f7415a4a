package dev.voiceledger.ledger;

import dev.voiceledger.ledger.Kind.Write;
import java.util.List;

/** What the ledger sends for a group of events. */
public final class EntryWrites {
  private EntryWrites() {}

  public static List<Write> of(List<Entry> entries) {
    return new Events().writes(entries);
  }
}
