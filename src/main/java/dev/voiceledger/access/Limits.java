package dev.voiceledger.access;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.voiceledger.platform.Problem.Type;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.stream.Stream;

/**
 * How often one caller may ask, generously: it stops what runs wild, not who is busy. Whoever is
 * past it gets too-many-requests with a {@code Retry-After}. Each replica counts for itself.
 */
@ApplicationScoped
public class Limits {
  /** Of each kind; a bucket takes some 300 bytes. */
  static final int BUCKETS_MAX = 10_000;

  /** Long enough for every bucket to have filled again: forgetting one gives nothing away. */
  private static final Duration FORGOTTEN_AFTER = Duration.ofMinutes(3);

  private static final int SERVICE_TIMES = 20;
  private static final String ALL_SERVICES = "service";

  private final Allowance writes = new Allowance(50, 500);
  private final Allowance writesOfServices = new Allowance(50 * SERVICE_TIMES, 500 * SERVICE_TIMES);
  private final Allowance messages = new Allowance(100, 1_000);
  private final Allowance messagesOfOwners = new Allowance(5_000, 50_000);
  private final Allowance tokens = new Allowance(10, 100);
  private final Allowance tokensOfServices = new Allowance(10 * SERVICE_TIMES, 100 * SERVICE_TIMES);
  private final Allowance failedTries = new Allowance(10, 1_000);

  /**
   * Counts a request that writes.
   *
   * @throws dev.voiceledger.platform.ProblemException too-many-requests past 50 a second with
   *     bursts of 500; all services together have 20 times that
   */
  public void writes(Caller caller) {
    (isService(caller) ? writesOfServices : writes).take(name(caller));
  }

  /**
   * Counts messages that somebody posts who is neither agent nor service; of these, the ledger's
   * queue is the bound.
   *
   * @param count at most 500
   * @param owns whether the call is the caller's, or the caller an admin
   * @throws dev.voiceledger.platform.ProblemException too-many-requests past 100 a second with
   *     bursts of 1,000; owners have 50 times that
   */
  public void messages(Caller caller, int count, boolean owns) {
    if (count > 0) {
      (owns ? messagesOfOwners : messages).take(name(caller), count);
    }
  }

  /**
   * Counts a join token that is asked for.
   *
   * @throws dev.voiceledger.platform.ProblemException too-many-requests past 10 a second with
   *     bursts of 100; all services together have 20 times that
   */
  public void tokens(Caller caller) {
    (isService(caller) ? tokensOfServices : tokens).take(name(caller));
  }

  /**
   * Counts a request that is refused anyway, so that neighbours with valid tokens never notice.
   *
   * @param remoteAddress from where it came, as text
   * @throws dev.voiceledger.platform.ProblemException too-many-requests past 10 a second with
   *     bursts of 1,000
   */
  public void failedTries(String remoteAddress) {
    failedTries.take(remoteAddress);
  }

  /** How many buckets there are. */
  long size() {
    return Stream.of(
            writes,
            writesOfServices,
            messages,
            messagesOfOwners,
            tokens,
            tokensOfServices,
            failedTries)
        .mapToLong(allowance -> allowance.buckets.estimatedSize())
        .sum();
  }

  private static boolean isService(Caller caller) {
    return caller.role().equals(Caller.SERVICE_ROLE);
  }

  /** A join token's name has a NUL within, which neither rooms nor people have. */
  static String name(Caller caller) {
    if (caller.join() != null) {
      return caller.join().room() + "\0" + caller.join().identity();
    }
    return caller.userId() == null ? ALL_SERVICES : caller.userId();
  }

  /** So many a second, and so many at once, for each name; of the names only the latest. */
  private static final class Allowance {
    private final Cache<String, Bucket> buckets =
        Caffeine.newBuilder()
            .maximumSize(BUCKETS_MAX)
            .expireAfterAccess(FORGOTTEN_AFTER)
            .executor(Runnable::run)
            .build();
    private final int perSecond;
    private final int atOnce;

    private Allowance(int perSecond, int atOnce) {
      this.perSecond = perSecond;
      this.atOnce = atOnce;
    }

    private void take(String name) {
      take(name, 1);
    }

    private void take(String name, int count) {
      ConsumptionProbe probe = buckets.get(name, this::bucket).tryConsumeAndReturnRemaining(count);
      if (!probe.isConsumed()) {
        Duration wait = Duration.ofNanos(probe.getNanosToWaitForRefill());
        throw Type.TOO_MANY_REQUESTS
            .because("at most " + perSecond + " a second")
            .retryAfter((int) wait.toSeconds() + 1);
      }
    }

    /** By a clock that nobody sets back. */
    private Bucket bucket(String name) {
      return Bucket.builder()
          .addLimit(limit -> limit.capacity(atOnce).refillGreedy(perSecond, Duration.ofSeconds(1)))
          .withNanosecondPrecision()
          .build();
    }
  }
}
