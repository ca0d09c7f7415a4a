package dev.voiceledger.operate;

import static io.restassured.RestAssured.given;

import dev.voiceledger.FreshDatabase;
import dev.voiceledger.history.Api;
import dev.voiceledger.history.People;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.URI;
import org.junit.jupiter.api.Test;

@QuarkusTest
@WithTestResource(FreshDatabase.class)
class OperationsTest {
  @TestHTTPResource URI base;

  @Test
  void shows() {
    Api api = new Api(base);
    api.get(People.admin(), "/api/v1/calls").is(200);
    System.err.println(api.get(People.admin(), "/api/v1/operations").is(200).body());
    System.err.println(given().get("/q/metrics").asString());
  }
}
