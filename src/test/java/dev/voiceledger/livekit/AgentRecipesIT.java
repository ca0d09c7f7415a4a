package dev.voiceledger.livekit;

import static dev.voiceledger.livekit.ServiceBesideLiveKit.until;
import static dev.voiceledger.livekit.ServiceBesideLiveKit.userToken;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.voiceledger.FreshDatabase;
import dev.voiceledger.webhook.Webhooks;
import io.restassured.path.json.JsonPath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The agents of docs/recipes, as they stand there: LiveKit's own libraries, sent for by a real
 * LiveKit server, talk with a real participant. What the report that they keep says is counted
 * anew, and held against the rows.
 */
class AgentRecipesIT {
  private static final String SERVICE_TOKEN = "a-service-token-of-the-agents-0123456789";
  private static final long HOUR_SECONDS = 3_600;

  /** What is in the report when all went as it was talked. */
  private static final Map<String, Integer> CONVERSATION =
      Map.of(
          "message", 13,
          "interrupted", 1,
          "function_call", 2,
          "function_call_output", 2,
          "agent_handoff", 2,
          "agent_config_update", 2);

  private static ServiceBesideLiveKit both;

  private final UUID user = UUID.randomUUID();
  private final String token = userToken(user);

  @BeforeAll
  static void start() throws Exception {
    both =
        ServiceBesideLiveKit.start(
            LiveKitInstallation.orSkip(), Map.of("SERVICE_TOKENS", SERVICE_TOKEN));
  }

  @AfterAll
  static void stop() throws Exception {
    if (both != null) {
      both.close();
    }
  }

  @Test
  void an_agent_in_python() throws Exception {
    Path python = LiveKitInstallation.pythonOfAgentsOrSkip();
    Path folder = folder("python");
    converse("python-agent.md", folder, word -> word.endsWith("/python") ? python + "" : word);
  }

  @Test
  void an_agent_in_node() throws Exception {
    Path modules = LiveKitInstallation.modulesOfAgentsOrSkip();
    Path folder = folder("node");
    Files.writeString(folder.resolve("package.json"), "{\"type\":\"module\"}");
    Files.createSymbolicLink(folder.resolve("node_modules"), modules);
    converse("node-agent.md", folder, word -> word);
  }

  private static Path folder(String language) throws IOException {
    Path folder = LiveKitInstallation.FOLDER.resolve("agents-" + language);
    if (Files.exists(folder)) {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
    return Files.createDirectories(folder);
  }

  private void converse(String recipe, Path folder, UnaryOperator<String> word) throws Exception {
    try (AgentConversation with = new AgentConversation(recipe, folder, both, token, word)) {
      with.say("Hello", "You said: hello");
      assertIsThereWhileTheyTalk(with.callId);
      with.say("What is the weather like?", "7 degrees and rain in Oslo");
      with.say("Tell me a story", "Once upon a time");
      with.say("Enough", "You said: enough");
      with.say("Billing, please", "how can I help?");
      with.say("Bye", "You said: bye");
      String report = with.reported();
      ReportedCall call = new ReportedCall(both, token, with.callId, report);
      assertEquals(CONVERSATION, call.counts());
      JsonPath complete = call.complete();
      call.assertMessages();
      call.assertUsage();
      assertRepeatChangesNothing(call, complete, report);
    }
  }

  /** By the agent itself, with another token that it could have made when it came. */
  private void assertRepeatChangesNothing(ReportedCall call, JsonPath complete, String report) {
    List<?> said = call.messages().getList("data");
    List<?> used = call.usage().getList("data");
    String agent = agentToken(complete.getString("room_name"), call.agent(), complete);
    both.as(agent).body(report).post("/livekit/session-reports").then().statusCode(200);
    assertEquals(said, call.messages().getList("data"));
    assertEquals(used, call.usage().getList("data"));
    assertEquals(complete.getMap(""), both.call(token, complete.getString("id")).getMap(""));
  }

  private static String agentToken(String room, String identity, JsonPath call) {
    long came = Instant.parse(call.getString("connected_at")).getEpochSecond();
    String claims =
        """
        {"iss":"%s","sub":"%s","kind":"agent","nbf":%d,"exp":%d,
         "video":{"roomJoin":true,"room":"%s","agent":true}}\
        """
            .formatted(FreshDatabase.LIVEKIT_API_KEY, identity, came, came + HOUR_SECONDS, room);
    return Webhooks.jwt(
        "{\"alg\":\"HS256\",\"typ\":\"JWT\"}", claims, FreshDatabase.LIVEKIT_API_SECRET);
  }

  private void assertIsThereWhileTheyTalk(String callId) throws Exception {
    JsonPath said =
        until("three messages", () -> messages(callId), is -> is.getList("data").size() == 3);
    assertEquals(List.of("assistant", "user", "assistant"), said.getList("data.role"));
    assertEquals("Hello", said.getString("data[1].content"));
    assertTrue(said.getString("data[0].posted_by").startsWith("agent:agent-AJ_"));
    JsonPath call = both.call(token, callId);
    assertEquals("active", call.getString("status"));
    assertEquals("live", call.getString("completeness"));
    assertTrue(call.getBoolean("ai_agent_used"));
  }

  private JsonPath messages(String callId) {
    return both.as(token).get("/calls/{id}/messages", callId).jsonPath();
  }
}
