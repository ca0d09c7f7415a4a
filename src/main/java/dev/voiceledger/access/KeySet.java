package dev.voiceledger.access;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.voiceledger.platform.Problem.Type;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jboss.logging.Logger;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.lang.JoseException;

/**
 * The keys of {@code JWT_JWKS_URL}, fetched behind the scenes and at most every ten seconds,
 * whoever asks for whatever. While the set is out of reach, the keys that are known stay good for a
 * day; a key that has left the set is forgotten within a minute. Nobody blocks a thread here.
 */
final class KeySet {
  private static final Logger LOG = Logger.getLogger(KeySet.class);

  /** How often to call {@link #keep}. */
  static final Duration LOOK_EVERY = Duration.ofSeconds(10);

  private static final Duration PAUSE = Duration.ofSeconds(10);
  private static final Duration RENEWED_AFTER = Duration.ofSeconds(25);
  private static final Duration FRESH = Duration.ofSeconds(50);
  private static final Duration KEPT = Duration.ofDays(1);
  private static final Duration CONNECT = Duration.ofSeconds(2);
  private static final Duration FETCH = Duration.ofSeconds(3);
  private static final int BODY_BYTES_MAX = 256 * 1024;
  private static final int KEYS_MAX = 64;
  private static final int WAITING_MAX = 256;

  private final InstantSource clock;
  private final HttpClient http;
  private final HttpRequest request;
  private final AtomicInteger waiting = new AtomicInteger();

  private volatile Known known = new Known(List.of(), null, false);
  private Instant tried;
  private CompletableFuture<Void> fetch = CompletableFuture.completedFuture(null);

  KeySet(URI address, InstantSource clock) {
    this.clock = clock;
    this.http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(CONNECT)
            .build();
    this.request =
        HttpRequest.newBuilder(address).timeout(FETCH).header("Accept", "application/json").build();
  }

  /**
   * What is known of the set.
   *
   * @param at when it was fetched; null where it never was
   * @param failing whether the last try to fetch it failed
   */
  private record Known(List<JsonWebKey> keys, Instant at, boolean failing) {

    /** A clock that was set back makes nothing fresh. */
    boolean isWithin(Duration age, Instant now) {
      return at != null && !now.isBefore(at) && !now.isAfter(at.plus(age));
    }

    List<JsonWebKey> named(String keyId) {
      return keyId == null
          ? keys
          : keys.stream().filter(key -> keyId.equals(key.getKeyId())).toList();
    }
  }

  /** Fetches the set again when it is time to; to be called every {@link #LOOK_EVERY}. */
  void keep() {
    if (known.failing() || !known.isWithin(RENEWED_AFTER, clock.instant())) {
      refresh();
    }
  }

  /**
   * The keys that a token may be signed with.
   *
   * @param keyId the token's {@code kid}; null where it has none
   * @return empty where the set has no such key; fails with overloaded where that cannot be said.
   *     Completes at once, or on any thread within the time of one fetch
   */
  CompletableFuture<List<JsonWebKey>> keysFor(String keyId) {
    Known now = known;
    boolean current = now.failing() || now.isWithin(FRESH, clock.instant());
    if (current && isKept(now) && !now.named(keyId).isEmpty()) {
      return CompletableFuture.completedFuture(now.named(keyId));
    }
    if (waiting.incrementAndGet() > WAITING_MAX) {
      waiting.decrementAndGet();
      return judged(keyId);
    }
    return refresh()
        .whenComplete((done, never) -> waiting.decrementAndGet())
        .thenCompose(done -> judged(keyId));
  }

  /** By what is known now, be it old; a key that is not there may be there meanwhile. */
  private CompletableFuture<List<JsonWebKey>> judged(String keyId) {
    Known now = known;
    List<JsonWebKey> found = isKept(now) ? now.named(keyId) : List.of();
    boolean sayable = !found.isEmpty() || !now.failing() && now.at() != null;
    return sayable
        ? CompletableFuture.completedFuture(found)
        : CompletableFuture.failedFuture(
            Type.OVERLOADED
                .because("user tokens cannot be judged until their keys can be fetched")
                .retryAfter((int) PAUSE.toSeconds()));
  }

  private boolean isKept(Known now) {
    return now.isWithin(KEPT, clock.instant());
  }

  /** The fetch under way, or a new one, or none where the last is too young; never fails. */
  private synchronized CompletableFuture<Void> refresh() {
    Instant now = clock.instant();
    boolean young = tried != null && !now.isBefore(tried) && now.isBefore(tried.plus(PAUSE));
    if (fetch.isDone() && !young) {
      tried = now;
      fetch = fetch(now);
    }
    return fetch;
  }

  private CompletableFuture<Void> fetch(Instant now) {
    var sent =
        http.sendAsync(request, BodyHandlers.limiting(BodyHandlers.ofByteArray(), BODY_BYTES_MAX));
    var bounded = sent.copy().orTimeout(FETCH.toMillis(), TimeUnit.MILLISECONDS);
    bounded.whenComplete((answer, failure) -> sent.cancel(true));
    return bounded
        .thenApply(KeySet::keys)
        .handle((keys, failure) -> {
          learn(keys, failure, now);
          return null;
        });
  }

  private void learn(List<JsonWebKey> keys, Throwable failure, Instant now) {
    if (failure == null) {
      known = new Known(keys, now, false);
    } else {
      Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
      if (!known.failing()) {
        LOG.warnf("the key set of user tokens cannot be fetched: %s", cause.getClass().getName());
      }
      known = new Known(known.keys(), known.at(), true);
    }
  }

  /** Public keys alone: a secret in a set is nobody's secret. */
  private static List<JsonWebKey> keys(HttpResponse<byte[]> answer) {
    if (answer.statusCode() != 200) {
      throw new IllegalStateException("status " + answer.statusCode());
    }
    try {
      return new JsonWebKeySet(new String(answer.body(), UTF_8))
          .getJsonWebKeys().stream()
              .filter(PublicJsonWebKey.class::isInstance)
              .limit(KEYS_MAX)
              .toList();
    } catch (JoseException e) {
      throw new IllegalStateException("no key set", e);
    }
  }
}
