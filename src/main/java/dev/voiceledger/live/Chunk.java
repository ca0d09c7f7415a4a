package dev.voiceledger.live;

import io.vertx.core.buffer.Buffer;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Bytes on their way to any number of readers, counted once for as long as one has to get them. */
final class Chunk {
  private final Buffer buffer;
  private final AtomicLong held;
  private final AtomicInteger holders = new AtomicInteger();

  /**
   * @param held the bytes of all chunks that somebody has to get
   */
  Chunk(Buffer buffer, AtomicLong held) {
    this.buffer = buffer;
    this.held = held;
  }

  Buffer buffer() {
    return buffer;
  }

  int length() {
    return buffer.length();
  }

  /** By the hub alone, before any reader can be done with it. */
  void hold(int readers) {
    if (holders.getAndAdd(readers) == 0) {
      held.addAndGet(length());
    }
  }

  void release() {
    if (holders.decrementAndGet() == 0) {
      held.addAndGet(-length());
    }
  }
}
