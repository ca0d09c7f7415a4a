package dev.voiceledger.history;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import dev.voiceledger.webhook.Webhooks;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;

/** The API as a client without a library sees it: bytes out, status and bytes in. */
public final class Api {
  public static final String CALLS = "/api/v1/calls";
  public static final String TOKEN = "/api/v1/token";

  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private final URI base;

  /**
   * @param base of the service, as {@code @TestHTTPResource} gives it
   */
  public Api(URI base) {
    this.base = base;
  }

  /** What came back. */
  public record Answer(int status, String body, HttpHeaders headers) {

    public JsonNode json() {
      try {
        return Webhooks.JSON.readTree(body);
      } catch (IOException e) {
        throw new IllegalStateException(body, e);
      }
    }

    /** The text at a JSON pointer; null where there is none. */
    public String at(String pointer) {
      JsonNode found = json().at(pointer);
      return found.isMissingNode() || found.isNull() ? null : found.asText();
    }

    public Answer is(int wanted) {
      assertEquals(wanted, status, body);
      return this;
    }

    /** It is a problem of this type, complete. */
    public Answer is(int wanted, String type) {
      is(wanted);
      assertEquals("application/problem+json", contentType(), body);
      assertEquals("urn:voiceledger:problem:" + type, at("/type"), body);
      assertEquals(wanted, json().path("status").asInt(), body);
      return this;
    }

    /** It is about this field, and says so. */
    public Answer isWrong(String pointer) {
      is(400, "invalid-fields");
      List<String> pointers = json().at("/errors").findValuesAsText("pointer");
      assertEquals(List.of(pointer), pointers, body);
      return this;
    }

    private String contentType() {
      return headers.firstValue("content-type").orElse("").replaceFirst(";.*", "");
    }
  }

  public Answer get(String token, String path) {
    return send("GET", token, path, null);
  }

  public Answer post(String token, String path, String body, String... headers) {
    return send("POST", token, path, body, headers);
  }

  public Answer patch(String token, String id, String body) {
    return send("PATCH", token, CALLS + "/" + id, body);
  }

  public Answer delete(String token, String id) {
    return send("DELETE", token, CALLS + "/" + id, null);
  }

  public Answer end(String token, String id) {
    return send("POST", token, CALLS + "/" + id + "/end", null);
  }

  /** A call of this person's, made over the API. */
  public JsonNode made(String token, String body) {
    return post(token, CALLS, body).is(201).json().get("call");
  }

  /**
   * @param token null for none
   * @param body null for none
   * @param headers names and values in turn
   */
  public Answer send(String method, String token, String path, String body, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(base.resolve("/") + path.substring(1)))
            .timeout(Duration.ofSeconds(30))
            .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
    if (token != null) {
      request.header("Authorization", "Bearer " + token);
    }
    if (body != null) {
      request.header("Content-Type", "application/json");
    }
    if (headers.length > 0) {
      request.headers(headers);
    }
    try {
      HttpResponse<String> answer = HTTP.send(request.build(), BodyHandlers.ofString());
      return new Answer(answer.statusCode(), answer.body(), answer.headers());
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(method + " " + path, e);
    }
  }

  /** As a part of an address. */
  public static String encoded(String text) {
    return URLEncoder.encode(text, UTF_8).replace("+", "%20");
  }

  /** All of these, each on a thread of its own, begun at the same moment. */
  public static <T> List<T> atOnce(List<Supplier<T>> all) {
    CountDownLatch start = new CountDownLatch(1);
    try (ExecutorService threads = Executors.newFixedThreadPool(all.size())) {
      List<Future<T>> running = new ArrayList<>();
      for (Supplier<T> one : all) {
        running.add(
            threads.submit(() -> {
              start.await();
              return one.get();
            }));
      }
      start.countDown();
      List<T> done = new ArrayList<>();
      for (Future<T> one : running) {
        done.add(one.get());
      }
      return done;
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }
}
