package dev.voiceledger.live;

import dev.voiceledger.access.Caller;
import dev.voiceledger.platform.Problem.Type;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** How many may read at once, all together and each; of services only all together. */
final class Places {
  static final int READERS_MAX = 10_000;
  static final int READERS_OF_ONE_MAX = 20;
  private static final int RETRY_SECONDS = 5;

  private final AtomicInteger all = new AtomicInteger();
  private final Map<String, Integer> ofOne = new ConcurrentHashMap<>();

  /**
   * Takes a place, which must be given back.
   *
   * @throws dev.voiceledger.platform.ProblemException overloaded or too-many-requests where there
   *     is none
   */
  void take(Caller caller) {
    if (all.incrementAndGet() > READERS_MAX) {
      all.decrementAndGet();
      throw Type.OVERLOADED
          .because("at most " + READERS_MAX + " read live at once")
          .retryAfter(RETRY_SECONDS);
    }
    String name = name(caller);
    if (name != null && ofOne.merge(name, 1, Integer::sum) > READERS_OF_ONE_MAX) {
      give(caller);
      throw Type.TOO_MANY_REQUESTS
          .because("at most " + READERS_OF_ONE_MAX + " streams at once")
          .retryAfter(RETRY_SECONDS);
    }
  }

  void give(Caller caller) {
    all.decrementAndGet();
    String name = name(caller);
    if (name != null) {
      ofOne.compute(name, (key, count) -> count == null || count == 1 ? null : count - 1);
    }
  }

  int taken() {
    return all.get();
  }

  /** A join token's name has a NUL within, which neither rooms nor people have. */
  private static String name(Caller caller) {
    return caller.join() != null
        ? caller.join().room() + "\0" + caller.join().identity()
        : caller.userId();
  }
}
