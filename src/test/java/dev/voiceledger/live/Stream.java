package dev.voiceledger.live;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.voiceledger.webhook.Webhooks;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscribers;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A client of a live stream, as a browser reads one: by lines, keeping the last id. */
public final class Stream implements AutoCloseable {
  public static final String ALL = "/api/v1/live";
  private static final int SECONDS_MAX = 10;
  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private final BlockingQueue<Told> told = new LinkedBlockingQueue<>();
  private final CompletableFuture<HttpResponse.ResponseInfo> opened = new CompletableFuture<>();
  private final CompletableFuture<Void> over = new CompletableFuture<>();
  private final Consumer<Told> listener;
  private volatile Flow.Subscription subscription;
  private volatile String lastId;
  private volatile boolean whole;
  private String event;
  private String data = "";

  /** One event; of the beginning of a stream only the id is there. */
  public record Told(String id, String event, String data, long nanos) {
    public JsonNode json() {
      try {
        return Webhooks.JSON.readTree(data);
      } catch (IOException e) {
        throw new IllegalStateException(data, e);
      }
    }

    public long number() {
      return Long.parseLong(id);
    }

    public String at(String field) {
      return json().path(field).asText(null);
    }
  }

  private Stream(Consumer<Told> listener) {
    this.listener = listener;
  }

  public static String of(String callId) {
    return "/api/v1/calls/" + callId + "/live";
  }

  /** Opens it and waits for its beginning, from which on nothing is missed. */
  public static Stream open(URI base, String token, String path) {
    Stream stream = begin(base, token, path, null, null);
    assertNotNull(stream.next("an id to begin with").id());
    return stream;
  }

  /** Comes back with a number. */
  public static Stream resume(URI base, String token, String path, String lastId) {
    return begin(base, token, path, lastId, null);
  }

  public static Stream begin(
      URI base, String token, String path, String lastId, Consumer<Told> listener) {
    Stream stream = new Stream(listener);
    HttpRequest.Builder request =
        HttpRequest.newBuilder(base.resolve(path)).header("Authorization", "Bearer " + token);
    if (lastId != null) {
      request.header("Last-Event-ID", lastId);
    }
    HTTP.sendAsync(
            request.build(),
            info -> {
              stream.opened.complete(info);
              return BodySubscribers.fromLineSubscriber(stream.new Lines());
            })
        .whenComplete((answer, failure) -> {
          stream.over.complete(null);
          if (failure != null) {
            stream.opened.completeExceptionally(failure);
          }
        });
    return stream;
  }

  HttpResponse.ResponseInfo opened() {
    try {
      return opened.get(SECONDS_MAX, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** What comes next, the beginning of the stream included. */
  public Told next(String what) {
    try {
      assertEquals(200, opened().statusCode());
      Told next = told.poll(SECONDS_MAX, TimeUnit.SECONDS);
      assertTrue(next != null, "comes: " + what);
      return next;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The next event of this kind; others are passed over. */
  public Told next(String event, String field, String value) {
    while (true) {
      Told next = next(event + " " + field + " " + value);
      if (event.equals(next.event()) && (field == null || value.equals(next.at(field)))) {
        return next;
      }
    }
  }

  /** What is there now; null where nothing is. */
  public Told poll() {
    return told.poll();
  }

  /** What comes within so long; null where nothing does. */
  public Told poll(int millis) {
    try {
      return told.poll(millis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  public String lastId() {
    return lastId;
  }

  public boolean isOver() {
    return over.isDone();
  }

  /** Whether it was brought to its end, and not cut. */
  public boolean isWhole() {
    return whole;
  }

  public void ends() {
    try {
      over.get(SECONDS_MAX, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new AssertionError("the stream ends", e);
    }
  }

  @Override
  public void close() {
    if (subscription != null) {
      subscription.cancel();
    }
  }

  private void line(String line) {
    if (line.isEmpty()) {
      dispatch();
    } else if (line.startsWith("id: ")) {
      lastId = line.substring(4);
      data = data == null ? "" : data;
      pendingId = true;
    } else if (line.startsWith("event: ")) {
      event = line.substring(7);
    } else if (line.startsWith("data: ")) {
      data = line.substring(6);
    }
  }

  private boolean pendingId;

  private void dispatch() {
    if (pendingId) {
      Told one = new Told(lastId, event, data, System.nanoTime());
      if (listener != null) {
        listener.accept(one);
      } else {
        told.add(one);
      }
    }
    pendingId = false;
    event = null;
    data = "";
  }

  private final class Lines implements Flow.Subscriber<String> {
    @Override
    public void onSubscribe(Flow.Subscription all) {
      subscription = all;
      all.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(String line) {
      line(line);
    }

    @Override
    public void onError(Throwable failure) {
      over.complete(null);
    }

    @Override
    public void onComplete() {
      whole = true;
      over.complete(null);
    }
  }
}
