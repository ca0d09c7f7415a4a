package dev.voiceledger.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.voiceledger.TestDatabase;
import dev.voiceledger.history.People;
import dev.voiceledger.history.Tables;
import dev.voiceledger.live.Stream;
import dev.voiceledger.live.Stream.Told;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Readers of the live stream who come back, with the last number, whenever it ends: each hears of
 * every message, in an order that rises, unless it was told to begin anew.
 */
final class LiveEars implements AutoCloseable {
  private static final int EARS = 4;
  private static final int LOOK_MS = 100;
  private static final long HEARD_SECONDS_MAX = 30;

  private final URI base;
  private final List<Ear> ears = new ArrayList<>();
  private final AtomicInteger disorder = new AtomicInteger();
  private final AtomicInteger resets = new AtomicInteger();
  private final AtomicInteger returns = new AtomicInteger();
  private volatile boolean over;
  private final Thread thread;

  private final class Ear {
    private final Set<UUID> messages = ConcurrentHashMap.newKeySet();
    private volatile long number;
    private Stream stream;

    private void open() {
      String last = number == 0 ? null : Long.toString(number);
      stream = Stream.begin(base, People.service(), Stream.ALL, last, this::hear);
    }

    private void hear(Told told) {
      if (told.number() < number) {
        disorder.incrementAndGet();
      }
      number = told.number();
      if ("reset".equals(told.event())) {
        resets.incrementAndGet();
      } else if ("message".equals(told.event())) {
        messages.add(UUID.fromString(told.at("id")));
      }
    }
  }

  LiveEars(int port) {
    base = URI.create("http://127.0.0.1:" + port);
    for (int i = 0; i < EARS; i++) {
      Ear ear = new Ear();
      ear.open();
      ears.add(ear);
    }
    thread = Thread.ofPlatform().daemon().start(this::comeBack);
  }

  private void comeBack() {
    try {
      while (!over) {
        for (Ear ear : ears) {
          if (ear.stream.isOver()) {
            returns.incrementAndGet();
            ear.open();
          }
        }
        TimeUnit.MILLISECONDS.sleep(LOOK_MS);
      }
    } catch (InterruptedException end) {
      Thread.currentThread().interrupt();
    }
  }

  /** Every message that is there was told to everybody. */
  void check(TestDatabase database) throws InterruptedException {
    Set<UUID> there = ConcurrentHashMap.newKeySet();
    Tables.texts(database, "select id from voice_messages")
        .forEach(id -> there.add(UUID.fromString(id)));
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(HEARD_SECONDS_MAX);
    while (!haveHeard(there) && System.nanoTime() < end) {
      TimeUnit.MILLISECONDS.sleep(LOOK_MS);
    }
    Scenario.says("Z3 live", "%d messages; %s".formatted(there.size(), this));
    assertTrue(resets.get() > 0 || haveHeard(there), "everybody heard of everything");
    assertEquals(0, disorder.get(), "numbers rise");
  }

  private boolean haveHeard(Set<UUID> there) {
    return ears.stream().allMatch(ear -> ear.messages.containsAll(there));
  }

  @Override
  public String toString() {
    return "%d live readers heard %s messages, came back %d times, were reset %d times"
        .formatted(
            EARS,
            ears.stream().map(ear -> ear.messages.size()).toList(),
            returns.get(),
            resets.get());
  }

  @Override
  public void close() {
    over = true;
    thread.interrupt();
    ears.forEach(ear -> ear.stream.close());
  }
}
