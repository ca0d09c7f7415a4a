package dev.voiceledger.webhook;

import io.quarkus.arc.Arc;
import io.quarkus.vertx.VertxContextSupport;

/** What the service under test has in memory of keys that were heard goes to the database now. */
public final class KeysHeardNow {
  private KeysHeardNow() {}

  public static void written() {
    KeysHeard heard = Arc.container().instance(KeysHeard.class).get();
    try {
      VertxContextSupport.subscribeAndAwait(heard::write);
    } catch (Throwable away) {
      throw new IllegalStateException(away);
    }
  }
}
