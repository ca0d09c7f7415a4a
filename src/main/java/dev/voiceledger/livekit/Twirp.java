package dev.voiceledger.livekit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.voiceledger.livekit.Exchange.Answer;
import dev.voiceledger.platform.Turns;
import io.quarkus.runtime.Startup;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * LiveKit's API is Twirp: a method is a path, its message a JSON object, an error a status and a
 * code. Requests share one pool with bounds; each has a token of its own that allows just what it
 * asks for. Made at the start, so that an address which is none stops the service.
 */
@Startup
@ApplicationScoped
class Twirp {
  private static final int CONNECTIONS_MAX = 16;
  private static final int WAITING_MAX = 256;
  private static final int CONNECT_TIMEOUT_MS = 2_000;
  private static final int KEEP_ALIVE_SECONDS = 15;
  private static final Duration TOKEN_LIFE = Duration.ofSeconds(60);
  private static final String NO_ADDRESS = "LIVEKIT_API_URL is no http or https address";
  private static final String SUBJECT = "voiceledger";
  private static final String PATH = "/twirp/livekit.";
  static final String ROOM_SERVICE = "RoomService";
  private static final Pattern CODE = Pattern.compile("[a-z_]{1,32}");
  private static final int OK = 200;
  private static final int UNAUTHORIZED = 401;
  private static final int FORBIDDEN = 403;
  private static final int NOT_FOUND = 404;
  private static final int SERVER_ERROR = 500;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Vertx vertx;
  private final HttpClient client;

  /** In the client's own queue a connection may be lost, as in that of the pool to the database. */
  private final Turns turns;

  private final Signer signer;
  private final URL base;

  /**
   * @param apiUrl of LiveKit, http or https, perhaps with a path before {@code /twirp}
   */
  Twirp(
      Vertx vertx,
      Signer signer,
      @ConfigProperty(name = "livekit.api-url", defaultValue = "http://localhost:7880")
          URI apiUrl) {
    this.vertx = vertx;
    this.signer = signer;
    this.base = url(apiUrl);
    HttpClientOptions options =
        new HttpClientOptions()
            .setConnectTimeout(CONNECT_TIMEOUT_MS)
            .setSslHandshakeTimeout(CONNECT_TIMEOUT_MS)
            .setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS)
            .setKeepAliveTimeout(KEEP_ALIVE_SECONDS)
            .setMetricsName("livekit");
    PoolOptions bounds =
        new PoolOptions().setHttp1MaxSize(CONNECTIONS_MAX).setMaxWaitQueueSize(WAITING_MAX);
    this.turns =
        new Turns(
            CONNECTIONS_MAX,
            WAITING_MAX,
            Exchange.DEADLINE_MS,
            () -> new LiveKitFailure(Trouble.BUSY, "no turn"),
            () -> new LiveKitFailure(Trouble.SLOW, "no connection"));
    this.client = vertx.httpClientBuilder().with(options).with(bounds).build();
  }

  /** Unlike URI, URL knows hosts with an underscore, as containers have them. */
  private static URL url(URI apiUrl) {
    try {
      URL url = apiUrl.toURL();
      if (url.getProtocol().matches("https?") && !url.getHost().isEmpty()) {
        return url;
      }
    } catch (MalformedURLException | IllegalArgumentException e) {
      throw new IllegalArgumentException(NO_ADDRESS, e);
    }
    throw new IllegalArgumentException(NO_ADDRESS);
  }

  /**
   * One question.
   *
   * @param service of LiveKit's, such as RoomService
   * @param grant the one that the method wants, such as roomCreate
   * @param room for which alone the grant is given; null of one that is for no room
   * @param bytesMax how long the answer may be
   */
  record Question(
      String service, String method, String grant, String room, ObjectNode message, int bytesMax) {}

  /**
   * What a method of the RoomService answers; empty where LiveKit says that what was named is not
   * there. Fails with a problem, which is logged.
   */
  Uni<Optional<JsonNode>> ask(String method, String grant, ObjectNode message) {
    return answer(
            new Question(ROOM_SERVICE, method, grant, null, message, Exchange.ANSWER_BYTES_MAX))
        .map(Twirp::read)
        .onFailure(LiveKitFailure.class)
        .transform(failure -> ((LiveKitFailure) failure).logged(method));
  }

  /** The answer, to be {@link #read}; fails with {@link LiveKitFailure}, and logs nothing. */
  Uni<Answer> answer(Question question) {
    return Uni.createFrom()
        .deferred(() -> {
          long begun = System.nanoTime();
          return turns.of(
              vertx.getOrCreateContext(),
              () ->
                  Exchange.of(
                      vertx,
                      client,
                      target(question),
                      Buffer.buffer(question.message().toString()),
                      question.bytesMax(),
                      leftMs(begun)));
        });
  }

  private static long leftMs(long begun) {
    long waitedMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
    return Math.max(1, Exchange.DEADLINE_MS - waitedMs);
  }

  private RequestOptions target(Question question) {
    ObjectNode claims = signer.claims(SUBJECT, TOKEN_LIFE);
    ObjectNode video = claims.putObject("video").put(question.grant(), true);
    if (question.room() != null) {
      video.put("room", question.room());
    }
    return new RequestOptions()
        .setMethod(HttpMethod.POST)
        .setSsl(base.getProtocol().equals("https"))
        .setHost(base.getHost())
        .setPort(base.getPort() < 0 ? base.getDefaultPort() : base.getPort())
        .setURI(
            base.getPath().replaceFirst("/+$", "")
                + PATH
                + question.service()
                + "/"
                + question.method())
        .setFollowRedirects(false)
        .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
        .putHeader(HttpHeaders.AUTHORIZATION, "Bearer " + signer.sign(claims));
  }

  /**
   * What an answer says; empty where LiveKit says that what was named is not there.
   *
   * @throws LiveKitFailure for all else that is no success
   */
  static Optional<JsonNode> read(Answer answer) {
    JsonNode said = json(answer.body());
    String code = said.path("code").asText();
    if (answer.status() == OK && said.isObject()) {
      return Optional.of(said);
    }
    if (answer.status() == NOT_FOUND && code.equals("not_found")) {
      return Optional.empty();
    }
    boolean known = CODE.matcher(code).matches();
    // Of LiveKit's words the code alone: its message may quote names.
    throw new LiveKitFailure(
        trouble(answer.status(), known && !code.equals("bad_route")),
        "status " + answer.status() + (known ? " " + code : ""));
  }

  private static Trouble trouble(int status, boolean twirp) {
    if (status == UNAUTHORIZED || status == FORBIDDEN) {
      return Trouble.KEY_REFUSED;
    }
    if (status >= SERVER_ERROR) {
      return Trouble.FAILED;
    }
    return twirp ? Trouble.REFUSED : Trouble.NOT_LIVEKIT;
  }

  private static JsonNode json(Buffer body) {
    try {
      return JSON.readTree(body.getBytes());
    } catch (IOException unreadable) {
      return MissingNode.getInstance();
    }
  }

  @PreDestroy
  void close() {
    client.close();
  }
}
