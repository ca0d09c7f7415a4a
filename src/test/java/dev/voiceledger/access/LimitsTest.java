package dev.voiceledger.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.voiceledger.FreshDatabase;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.response.Response;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Who runs wild is told when to come back, and nobody else notices. */
@QuarkusTest
@TestProfile(LimitsTest.Alone.class)
@WithTestResource(FreshDatabase.class)
class LimitsTest {
  /** So that the failed tries of these tests are no other test's. */
  public static class Alone implements QuarkusTestProfile {}

  private static Response write(String token) {
    return Tokens.bearer(token).post("/asking/writes");
  }

  private static void assertTooMany(Response answer) {
    assertEquals(429, answer.statusCode());
    assertEquals("urn:voiceledger:problem:too-many-requests", answer.path("type"));
    assertTrue(Integer.parseInt(answer.header("Retry-After")) >= 1);
  }

  /**
   * The bucket fills while it is drawn from, so that there are more than 500, but not without end.
   */
  private static Response drawn(String token, String path, int atLeast) {
    for (int i = 0; ; i++) {
      Response answer = Tokens.bearer(token).post(path);
      if (answer.statusCode() != 200) {
        assertTrue(i >= atLeast, i + " before the first refusal");
        return answer;
      }
    }
  }

  @Test
  void tokens_have_a_limit_for_each_caller() {
    String token = Tokens.user(UUID.randomUUID());
    assertTooMany(drawn(token, "/asking/tokens", 100));
    assertEquals(200, write(token).statusCode(), "writes are counted apart");
    String other = Tokens.user(UUID.randomUUID());
    assertEquals(200, Tokens.bearer(other).post("/asking/tokens").statusCode());
  }

  @Test
  void a_valid_token_passes_however_many_tries_of_its_address_failed() {
    int failed = 0;
    Response answer = write("nobody");
    while (answer.statusCode() == 401) {
      failed++;
      answer = write("nobody " + failed);
    }
    assertTrue(failed >= 1_000, failed + " before the first refusal");
    // The refusal itself: a tenth of a second later the bucket has room for another try.
    assertTooMany(answer);
    String token = Tokens.user(UUID.randomUUID());
    assertTrue(IntStream.range(0, 50).allMatch(i -> write(token).statusCode() == 200));
    assertEquals(200, write(Tokens.join("r", "ada")).statusCode());
  }
}
