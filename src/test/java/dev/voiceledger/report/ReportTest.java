package dev.voiceledger.report;

import dev.voiceledger.FreshDatabase;
import dev.voiceledger.TestDatabase;
import dev.voiceledger.history.Api;
import dev.voiceledger.history.Api.Answer;
import dev.voiceledger.history.People;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Reports as LiveKit's libraries write them, against an independent reading of the same files. */
@QuarkusTest
@WithTestResource(FreshDatabase.class)
class ReportTest {
  static final String REPORTS = "/api/v1/livekit/session-reports";

  @TestHTTPResource URI base;
  TestDatabase database;
  private Api api;

  @BeforeEach
  void begin() {
    api = new Api(base);
  }

  @Test
  void first() throws Exception {
    String body = Files.readString(Path.of("src/test/resources/reports/python.json"));
    Answer answer = api.post(People.service(), REPORTS, body);
    System.out.println(answer.status() + answer.body());
    String id = answer.at("/call_id");
    System.out.println(
        api.get(People.service(), Api.CALLS + "/" + id + "/messages").json().toPrettyString());
    System.out.println(
        api.get(People.service(), Api.CALLS + "/" + id + "/usage").json().toPrettyString());
    System.out.println(api.get(People.service(), Api.CALLS + "/" + id).json().toPrettyString());
    answer = api.post(People.service(), REPORTS, body);
    System.out.println(answer.status() + answer.body());
    answer =
        api.post(
            People.service(),
            REPORTS,
            Files.readString(Path.of("src/test/resources/reports/node-1.0.json")));
    System.out.println(answer.status() + answer.body());
    System.out.println(
        api.get(People.service(), Api.CALLS + "/" + answer.at("/call_id") + "/messages")
            .json()
            .toPrettyString());
  }
}
