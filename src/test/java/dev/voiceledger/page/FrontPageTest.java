package dev.voiceledger.page;

import static io.restassured.RestAssured.when;
import static org.hamcrest.Matchers.containsString;

import dev.voiceledger.FreshDatabase;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@WithTestResource(FreshDatabase.class)
class FrontPageTest {
  @Test
  void the_first_page_says_what_runs_and_where() {
    when().get("/").then().statusCode(200).body(containsString("/webhooks/livekit"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/q/health/live",
        "/q/health/ready",
        "/q/health/started",
        "/q/metrics",
        "/q/openapi",
        "/q/swagger-ui/"
      })
  void operators_find_their_doors(String path) {
    when().get(path).then().statusCode(200);
  }
}
