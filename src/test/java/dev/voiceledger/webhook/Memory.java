package dev.voiceledger.webhook;

import io.netty.util.internal.PlatformDependent;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;

/**
 * What the JVM holds, garbage left out: the heap after a collection and all direct memory, the
 * JDK's and Netty's. The attackers of a test live in the same JVM and count too.
 */
final class Memory {
  private final long before = held();
  private long most = before;

  /** Looks now, in the middle of things. */
  void look() {
    most = Math.max(most, held());
  }

  long grownBytes() {
    return most - before;
  }

  private static long held() {
    System.gc();
    long direct =
        ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
            .mapToLong(BufferPoolMXBean::getMemoryUsed)
            .sum();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed()
        + direct
        + Math.max(0, PlatformDependent.usedDirectMemory());
  }
}
