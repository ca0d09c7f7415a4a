package dev.voiceledger.livekit;

import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ConnectionPoolTooBusyException;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.RequestOptions;
import java.util.concurrent.TimeoutException;

/**
 * One request and its answer, whole, within one deadline from the start: waiting for a turn and
 * making a connection count. All of it happens on the context of whoever subscribes, so nothing
 * here is shared between threads. However it ends, the connection is given back or closed.
 */
final class Exchange {
  static final int DEADLINE_MS = 2_500;

  /** Of the client's own waiting for a connection: one that is free is there, or is being made. */
  private static final int NO_TIMEOUT = 0;

  /** LiveKit lets a room have 512 KiB of metadata; quotes in it take two bytes. */
  static final int ANSWER_BYTES_MAX = 1 << 20;

  /** What LiveKit answered, whatever it is. */
  record Answer(int status, Buffer body) {}

  private final Vertx vertx;
  private final int bytesMax;
  private final long leftMs;
  private final UniEmitter<? super Answer> caller;
  private final Buffer received = Buffer.buffer();
  private long deadline;
  private HttpClientRequest request;
  private boolean over;

  private Exchange(Vertx vertx, int bytesMax, long leftMs, UniEmitter<? super Answer> caller) {
    this.vertx = vertx;
    this.bytesMax = bytesMax;
    this.leftMs = leftMs;
    this.caller = caller;
  }

  /**
   * The answer of any status; fails with {@link LiveKitFailure} where there is none.
   *
   * @param bytesMax how long an answer may be
   * @param leftMs of the deadline
   */
  static Uni<Answer> of(
      Vertx vertx,
      HttpClient client,
      RequestOptions target,
      Buffer body,
      int bytesMax,
      long leftMs) {
    return Uni.createFrom()
        .emitter(caller -> {
          Context context = vertx.getOrCreateContext();
          Exchange exchange = new Exchange(vertx, bytesMax, leftMs, caller);
          caller.onTermination(() -> context.runOnContext(now -> exchange.abandon()));
          context.runOnContext(now -> exchange.start(client, target, body));
        });
  }

  private void start(HttpClient client, RequestOptions target, Buffer body) {
    if (over) {
      return;
    }
    deadline =
        vertx.setTimer(
            leftMs, late -> fail(Trouble.SLOW, request == null ? "no connection" : "no answer"));
    client
        .request(target.setConnectTimeout(NO_TIMEOUT))
        .onSuccess(made -> send(made, body))
        .onFailure(this::unconnected);
  }

  private void unconnected(Throwable why) {
    if (why instanceof ConnectionPoolTooBusyException) {
      fail(Trouble.BUSY, seen(why));
    } else if (why instanceof TimeoutException) {
      fail(Trouble.SLOW, seen(why));
    } else {
      fail(Trouble.UNREACHABLE, seen(why));
    }
  }

  private void send(HttpClientRequest made, Buffer body) {
    request = made;
    if (over) { // a connection came, too late
      request.reset();
      return;
    }
    request
        .send(body)
        .onSuccess(this::receive)
        .onFailure(why -> fail(Trouble.BROKEN_OFF, seen(why)));
  }

  private void receive(HttpClientResponse response) {
    response.exceptionHandler(why -> fail(Trouble.BROKEN_OFF, seen(why)));
    response.handler(part -> {
      if (received.length() + part.length() > bytesMax) {
        fail(Trouble.TOO_LONG, "an answer over " + bytesMax + " bytes");
      } else if (!over) {
        received.appendBuffer(part);
      }
    });
    response.endHandler(end -> {
      if (finish()) {
        caller.complete(new Answer(response.statusCode(), received));
      }
    });
  }

  /** The class says enough; messages may quote what was sent. */
  private static String seen(Throwable why) {
    return why.getClass().getSimpleName();
  }

  private void fail(Trouble trouble, String seen) {
    if (abandon()) {
      caller.fail(new LiveKitFailure(trouble, seen));
    }
  }

  /** Half an answer leaves a connection that nobody else can use. */
  private boolean abandon() {
    if (!finish()) {
      return false;
    }
    if (request != null) {
      request.reset();
    }
    return true;
  }

  private boolean finish() {
    if (over) {
      return false;
    }
    over = true;
    vertx.cancelTimer(deadline);
    return true;
  }
}
