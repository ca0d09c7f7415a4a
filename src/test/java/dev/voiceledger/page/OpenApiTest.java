package dev.voiceledger.page;

import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import dev.voiceledger.FreshDatabase;
import dev.voiceledger.livekit.LiveKitDouble;
import dev.voiceledger.platform.Problem;
import dev.voiceledger.platform.Routes;
import dev.voiceledger.webhook.Webhooks;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import jakarta.inject.Inject;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The document is held to the service: its routes, its problems, and every example in it. */
@QuarkusTest
@WithTestResource(FreshDatabase.class)
@WithTestResource(LiveKitDouble.class)
class OpenApiTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String WEBHOOKS = "/webhooks/livekit";
  private static final String REPORTS = "/api/v1/livekit/session-reports";

  @Inject Routes routes;
  private JsonNode document;

  /** An operation: its path, its method, and what is said of it. */
  private record Operation(String path, String method, JsonNode said) {
    boolean erases() {
      return method.equals("delete");
    }
  }

  @BeforeEach
  void read() throws IOException {
    document = JSON.readTree(given().get("/q/openapi?format=json").asString());
  }

  private List<Operation> operations() {
    List<Operation> all = new ArrayList<>();
    document
        .path("paths")
        .properties()
        .forEach(path ->
            path.getValue()
                .properties()
                .forEach(method ->
                    all.add(new Operation(path.getKey(), method.getKey(), method.getValue()))));
    return all.stream().filter(each -> isOurs(each.path())).toList();
  }

  /** Tests add routes of their own. */
  private static boolean isOurs(String path) {
    return path.equals("/") || path.startsWith("/api/") || path.startsWith("/webhooks/");
  }

  @Test
  void every_route_is_in_the_document_and_the_reverse() {
    Map<String, Set<String>> documented = new TreeMap<>();
    operations()
        .forEach(each ->
            documented
                .computeIfAbsent(each.path(), path -> new TreeSet<>())
                .add(each.method().toUpperCase(Locale.ROOT)));
    Map<String, Set<String>> there = new TreeMap<>(routes.all());
    there.keySet().removeIf(path -> !isOurs(path));

    assertEquals(there, documented);
  }

  @Test
  void every_operation_says_all_that_it_should() {
    List<String> ids =
        operations().stream().map(each -> each.said().path("operationId").asText()).toList();
    assertEquals(ids.size(), Set.copyOf(ids).size(), ids.toString());
    for (Operation each : operations()) {
      assertTrue(!each.said().path("summary").asText().isEmpty(), each.path());
      assertTrue(!each.said().path("tags").isEmpty(), each.path());
      assertTrue(each.said().has("security") || !each.path().startsWith("/api/"), each.path());
      assertTrue(!each.said().toString().contains("\"binary\""), each.path() + " has no body");
      for (JsonNode parameter : each.said().path("parameters")) {
        assertTrue(!resolved(parameter).path("schema").isEmpty(), each.path() + parameter);
      }
    }
  }

  @Test
  void every_type_of_problem_is_there() {
    Set<String> types =
        Stream.of(Problem.Type.values())
            .map(type -> type.with(null).type())
            .collect(Collectors.toSet());
    Set<String> documented = new TreeSet<>();
    document
        .at("/components/schemas/Problem/properties/type/enum")
        .forEach(type -> documented.add(type.asText()));
    assertEquals(new TreeSet<>(types), documented);
    for (String type : types) {
      boolean answered = document.path("paths").toString().contains("\"type\":\"" + type + "\"");
      assertEquals(!type.endsWith(":method-not-allowed"), answered, type);
    }
  }

  @Test
  void every_example_of_a_problem_is_one() {
    for (Operation each : operations()) {
      for (JsonNode answer : each.said().path("responses")) {
        JsonNode media = answer.path("content").path(Problem.MEDIA_TYPE);
        media.path("examples").forEach(one -> assertFits(media.path("schema"), one.path("value")));
      }
    }
  }

  /** What hangs on a call or an event comes after what makes it, and erasure comes last. */
  @Test
  void every_example_of_a_request_is_answered_as_documented() throws IOException {
    List<Operation> order = new ArrayList<>(operations());
    order.sort(
        Comparator.comparing(each -> each.path().equals(WEBHOOKS) ? 0 : each.erases() ? 2 : 1));
    for (Operation each : order) {
      Response answer = sent(each);
      String what = each.method() + " " + each.path() + " " + answer.asString();
      assertTrue(answer.statusCode() < 300, answer.statusCode() + " to " + what);
      JsonNode said = each.said().path("responses").path("" + answer.statusCode());
      assertTrue(!said.isMissingNode(), answer.statusCode() + " is not documented: " + what);
      JsonNode schema = said.path("content").path("application/json").path("schema");
      if (!schema.isMissingNode()) {
        assertFits(schema, JSON.readTree(answer.asString()));
      }
    }
  }

  private Response sent(Operation operation) {
    JsonNode content = resolved(operation.said().path("requestBody")).path("content");
    RequestSpecification request = given();
    String path = operation.path();
    for (JsonNode each : operation.said().path("parameters")) {
      JsonNode parameter = resolved(each);
      String name = parameter.path("name").asText();
      if (!parameter.has("example") || path.equals(WEBHOOKS)) {
        continue;
      }
      switch (parameter.path("in").asText()) {
        case "path" -> path = path.replace("{" + name + "}", value(parameter));
        case "query" -> request.queryParam(name, value(parameter));
        default -> request.header(name, value(parameter));
      }
    }
    String body = content.isEmpty() ? null : body(request, path, content);
    return path.equals(WEBHOOKS)
        ? signed(request, body).post(path)
        : request
            .header("Authorization", "Bearer " + (path.equals(REPORTS) ? service() : admin()))
            .request(method(operation), path);
  }

  /** A stream has no end to wait for. */
  private static String method(Operation operation) {
    JsonNode content = operation.said().path("responses").path("200").path("content");
    return content.has("text/event-stream") ? "head" : operation.method();
  }

  private String body(RequestSpecification request, String path, JsonNode content) {
    var media = content.properties().iterator().next();
    JsonNode schema = media.getValue().path("schema");
    JsonNode example =
        media.getValue().has("example")
            ? media.getValue().path("example")
            : resolved(schema).path("example");
    assertTrue(!example.isMissingNode(), "no example of " + path);
    assertFits(schema, example);
    request.contentType(media.getKey()).body(example.toString().getBytes(UTF_8));
    return example.toString();
  }

  private static RequestSpecification signed(RequestSpecification request, String body) {
    byte[] bytes = body.getBytes(UTF_8);
    return request.header(
        "Authorization",
        Webhooks.sign(bytes, FreshDatabase.LIVEKIT_API_KEY, FreshDatabase.LIVEKIT_API_SECRET));
  }

  private static String value(JsonNode parameter) {
    JsonNode example = parameter.path("example");
    if (!example.isArray()) {
      return example.asText();
    }
    List<String> parts = new ArrayList<>();
    example.forEach(part -> parts.add(part.asText()));
    return String.join(",", parts);
  }

  private static String admin() {
    String claims =
        "{\"role\":\"admin\",\"sub\":\"5ad36c9a-0f0c-4c3a-9a0b-0f0f4f5d7a11\",\"exp\":%d}"
            .formatted(Instant.now().getEpochSecond() + 600);
    return Webhooks.jwt("{\"alg\":\"HS256\"}", claims, FreshDatabase.JWT_SECRET);
  }

  private static String service() {
    String claims =
        "{\"role\":\"service_role\",\"exp\":%d}".formatted(Instant.now().getEpochSecond() + 600);
    return Webhooks.jwt("{\"alg\":\"HS256\"}", claims, FreshDatabase.JWT_SECRET);
  }

  private JsonNode resolved(JsonNode node) {
    return node.has("$ref") ? document.at(node.path("$ref").asText().substring(1)) : node;
  }

  private void assertFits(JsonNode schema, JsonNode value) {
    ObjectNode whole = schema.deepCopy();
    whole.set("components", document.path("components"));
    var messages =
        JsonSchemaFactory.getInstance(VersionFlag.V202012).getSchema(whole).validate(value);
    assertEquals(Set.of(), messages, value.toString());
  }
}
