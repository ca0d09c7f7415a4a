package dev.voiceledger.message;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.voiceledger.FreshDatabase;
import dev.voiceledger.TestDatabase;
import dev.voiceledger.history.Api;
import dev.voiceledger.history.People;
import dev.voiceledger.ledger.Ledger;
import dev.voiceledger.ledger.LedgerUnavailable;
import dev.voiceledger.ledger.LedgerUnavailable.Reason;
import dev.voiceledger.livekit.LiveKitDouble;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.core.Future;
import jakarta.inject.Inject;
import java.net.URI;
import java.util.Collections;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Posts that are more than memory or an index takes: the sender's fault, and nobody else's. */
@QuarkusTest
@WithTestResource(FreshDatabase.class)
@WithTestResource(LiveKitDouble.class)
class TooMuchTest {
  private static final String LIST = "{\"call_id\":\"%s\",\"messages\":[%s]}";

  @TestHTTPResource URI base;
  @Inject Ledger ledger;
  TestDatabase database;

  private final String service = People.service();
  private Api api;
  private String id;

  @BeforeEach
  void begin() {
    api = new Api(base);
    id = api.made(People.user(People.somebody()), "{}").get("id").asText();
  }

  /** No compression makes it shorter. */
  private static String random(int characters) {
    return new Random(7)
        .ints(characters, 0x4E00, 0x9FA5)
        .mapToObj(Character::toString)
        .collect(Collectors.joining());
  }

  @Test
  void a_body_of_very_many_values_is_refused_before_it_is_a_tree() {
    String many = String.join(",", Collections.nCopies(200_000, "{}"));
    api.post(service, Messages.PATH, LIST.formatted(id, many)).is(400, "malformed-json");
    String metadata =
        IntStream.range(0, 150)
            .mapToObj(n -> "\"k" + n + "\":" + n)
            .collect(Collectors.joining(","));
    String one = "{\"role\":\"user\",\"content\":\"x\",\"metadata\":{" + metadata + "}}";
    String rich = String.join(",", Collections.nCopies(500, one));
    api.post(service, Messages.PATH, LIST.formatted(id, rich)).is(201);
  }

  @Test
  void a_segment_that_no_index_takes_is_refused() {
    String body = "{\"call_id\":\"%s\",\"segment_id\":\"%s\",\"role\":\"user\",\"content\":\"x\"}";
    api.post(service, Messages.PATH, body.formatted(id, random(1_024))).isWrong("/segment_id");
    api.post(service, Messages.PATH, body.formatted(id, random(666))).is(201);
  }

  /** Should another name turn out to be too long: told so, and the others are written. */
  @Test
  void what_is_too_long_for_an_index_is_the_post_s_own_fault() throws Exception {
    var posts = ledger.lanes(new Posts());
    Future<Stored> tooLong = posts.admit(post(random(1_024)));
    Future<Stored> fits = posts.admit(post("short"));
    assertEquals("short", result(fits).message().segmentId());
    Throwable why = assertThrows(ExecutionException.class, () -> result(tooLong)).getCause();
    assertEquals(Reason.REFUSED, ((LedgerUnavailable) why).reason());
    assertEquals(1, Messages.assertWithoutGaps(database, id));
  }

  private static Stored result(Future<Stored> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  private Post post(String segment) {
    Said said =
        new Said(
            id, null, segment, "user", "x", "voice", null, null, null, true, false, null, null,
            null, null, null, null, null, null, "{}");
    Poster poster = new Poster("service", Poster.TRUSTED, null, null, null);
    return Post.of(UUID.fromString(id), said, poster);
  }
}
