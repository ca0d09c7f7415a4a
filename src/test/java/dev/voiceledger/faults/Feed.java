package dev.voiceledger.faults;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.function.Supplier;

/** Requests made ahead by a thread of their own, batch after batch, so that a load has them. */
final class Feed implements Supplier<byte[]>, AutoCloseable {
  private static final long FULL_SECONDS_MAX = 60;

  private record Item(byte[] request, boolean last) {}

  private final BlockingQueue<Item> queue;
  private final Thread maker;
  private int batches;
  private boolean whole = true;

  /**
   * @param ahead so many are made before they are asked for
   * @param batches by number, from 0
   */
  Feed(int ahead, IntFunction<List<byte[]>> batches) {
    queue = new LinkedBlockingQueue<>(ahead);
    maker = Thread.ofPlatform().daemon().start(() -> make(batches));
  }

  private void make(IntFunction<List<byte[]>> batches) {
    try {
      for (int i = 0; ; i++) {
        List<byte[]> batch = batches.apply(i);
        for (int j = 0; j < batch.size(); j++) {
          queue.put(new Item(batch.get(j), j == batch.size() - 1));
        }
      }
    } catch (InterruptedException over) {
      Thread.currentThread().interrupt();
    }
  }

  /** Waits until all that is made ahead is there. */
  Feed filled() throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(FULL_SECONDS_MAX);
    while (queue.remainingCapacity() > 0 && System.nanoTime() < end) {
      TimeUnit.MILLISECONDS.sleep(10);
    }
    return this;
  }

  /** The next; null where none is ready. */
  @Override
  public byte[] get() {
    Item item = queue.poll();
    if (item == null) {
      return null;
    }
    whole = item.last();
    batches += whole ? 1 : 0;
    return item.request();
  }

  /** What is left of the batch under way. */
  List<byte[]> rest() {
    List<byte[]> rest = new ArrayList<>();
    while (!whole) {
      byte[] next = get();
      if (next == null) {
        Thread.onSpinWait(); // it is being made
      } else {
        rest.add(next);
      }
    }
    return rest;
  }

  /** How many batches were taken whole. */
  int batches() {
    return batches;
  }

  @Override
  public void close() {
    maker.interrupt();
  }
}
