package dev.voiceledger.platform;

import jakarta.enterprise.context.ApplicationScoped;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The bound on bytes of bodies in memory at once, over all requests: many large bodies, each within
 * its own bound, would otherwise add up to the heap.
 */
@ApplicationScoped
public class BodyBudget {
  /**
   * 32 MiB: eight of the largest webhooks, some 25,000 of the usual ones. What is made of a body
   * while it is read takes some three times its length, and the heap is to bear that too.
   */
  public static final long BYTES_MAX = 32L * 1024 * 1024;

  private final AtomicLong used = new AtomicLong();
  private final long bytesMax;

  BodyBudget() {
    this(BYTES_MAX);
  }

  BodyBudget(long bytesMax) {
    this.bytesMax = bytesMax;
  }

  /** Takes bytes, or leaves all as it was and answers false where they do not fit. */
  public boolean take(long bytes) {
    if (used.addAndGet(bytes) <= bytesMax) {
      return true;
    }
    used.addAndGet(-bytes);
    return false;
  }

  /** Gives back what was taken. */
  public void give(long bytes) {
    used.addAndGet(-bytes);
  }

  /** What is taken now. */
  public long used() {
    return used.get();
  }
}
