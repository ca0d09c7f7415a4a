package dev.voiceledger.bench;

import dev.voiceledger.TestDatabase;
import java.util.List;

final class Floor {
  private Floor() {}

  record Ceiling(int clients, double perSecond) {}

  static List<Ceiling> run(TestDatabase database, Plan plan) {
    return List.of();
  }
}
