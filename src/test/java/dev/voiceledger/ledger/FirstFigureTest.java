package dev.voiceledger.ledger;

import dev.voiceledger.FreshDatabase;
import dev.voiceledger.TestDatabase;
import dev.voiceledger.platform.DatabasePool;
import dev.voiceledger.webhook.LiveKitSender;
import dev.voiceledger.webhook.TypicalCalls;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import jakarta.inject.Inject;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * A first figure: webhooks acknowledged a second through HTTP, beside one transaction an event of
 * the same statements with no server in front, alternating, on one machine with the client. {@code
 * ./mvnw verify -Dtest=FirstFigureTest -Dfigure=true}. Every row is checked.
 */
@QuarkusTest
@WithTestResource(FreshDatabase.class)
@EnabledIfSystemProperty(named = "figure", matches = "true")
class FirstFigureTest {
  private static final Events EVENTS = new Events();
  private static final int CALLS = 1_500;
  private static final int RUNS = 3;
  private static final int SENDERS_HTTP = 64;
  private static final int SENDERS_SQL = 16;

  TestDatabase database;

  @TestHTTPResource URI base;

  @Inject Vertx vertx;

  @Inject DatabasePool pool;

  @Test
  void webhooks_a_second_beside_one_transaction_an_event() throws Exception {
    double[] served = new double[RUNS];
    double[] alone = new double[RUNS];
    oneAnEvent(TypicalCalls.of("w0", CALLS / 3));
    throughHttp(TypicalCalls.of("w1", CALLS));
    for (int run = 0; run < RUNS; run++) {
      alone[run] = oneAnEvent(TypicalCalls.of("a" + run, CALLS));
      served[run] = throughHttp(TypicalCalls.of("s" + run, CALLS));
      System.out.printf(
          "run %d: %,.0f webhooks/s served, %,.0f events/s one transaction each: %.2f%n",
          run, served[run], alone[run], served[run] / alone[run]);
    }
  }

  private double throughHttp(TypicalCalls calls) throws Exception {
    HttpClient http =
        vertx.createHttpClient(
            new HttpClientOptions().setKeepAlive(true),
            new PoolOptions().setHttp1MaxSize(SENDERS_HTTP));
    List<byte[]> bodies = calls.bodies();
    List<String> tokens = bodies.stream().map(LiveKitSender::sign).toList();
    RequestOptions target =
        new RequestOptions()
            .setMethod(HttpMethod.POST)
            .setAbsoluteURI(base.resolve("/webhooks/livekit").toString());
    double rate =
        timed(
            SENDERS_HTTP,
            bodies.size(),
            i ->
                http.request(new RequestOptions(target).putHeader("Authorization", tokens.get(i)))
                    .compose(request -> request.send(Buffer.buffer(bodies.get(i))))
                    .compose(answer ->
                        answer.statusCode() == 200
                            ? answer.end()
                            : Future.failedFuture("status " + answer.statusCode())));
    http.close();
    calls.check(database);
    return rate;
  }

  private double oneAnEvent(TypicalCalls calls) throws Exception {
    List<GroupConnection> open = new ArrayList<>();
    for (int i = 0; i < SENDERS_SQL; i++) {
      open.add(
          GroupConnection.open(vertx, GroupConnection.Address.of(pool), EVENTS.statements())
              .toCompletionStage()
              .toCompletableFuture()
              .get(10, TimeUnit.SECONDS));
    }
    double rate = timedByConnection(open, calls.entries());
    open.forEach(GroupConnection::close);
    calls.check(database);
    return rate;
  }

  private double timedByConnection(List<GroupConnection> open, List<Entry> entries)
      throws Exception {
    long start = System.nanoTime();
    List<Future<Void>> senders = new ArrayList<>();
    for (int s = 0; s < open.size(); s++) {
      senders.add(chain(entries, s, open.size(), open.get(s)));
    }
    Future.all(senders).toCompletionStage().toCompletableFuture().get(5, TimeUnit.MINUTES);
    return entries.size() / ((System.nanoTime() - start) / 1e9);
  }

  private static Future<Void> chain(
      List<Entry> entries, int at, int step, GroupConnection connection) {
    return at >= entries.size()
        ? Future.succeededFuture()
        : connection
            .commit(EVENTS, List.of(entries.get(at)))
            .recover(conflict -> connection.commit(EVENTS, List.of(entries.get(at))))
            .compose(done -> chain(entries, at + step, step, connection));
  }

  private static double timed(int senders, int count, Function<Integer, Future<Void>> send)
      throws Exception {
    long start = System.nanoTime();
    List<Future<Void>> all =
        IntStream.range(0, senders).mapToObj(s -> chain(send, s, senders, count)).toList();
    Future.all(all).toCompletionStage().toCompletableFuture().get(5, TimeUnit.MINUTES);
    return count / ((System.nanoTime() - start) / 1e9);
  }

  private static Future<Void> chain(
      Function<Integer, Future<Void>> send, int at, int step, int count) {
    return at >= count
        ? Future.succeededFuture()
        : send.apply(at).compose(done -> chain(send, at + step, step, count));
  }
}
