package dev.voiceledger.livekit;

import static dev.voiceledger.livekit.ServiceBesideLiveKit.until;
import static dev.voiceledger.livekit.ServiceBesideLiveKit.userToken;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
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
  private static final Path PINNED = Path.of("src/test/agents");
  private static final String PYTHON_PAGE = "python-agent.md";
  private static final String AGENT_PY = "agent.py";
  private static final int ITEMS = 21;
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
    Recipe recipe = Recipe.of(PYTHON_PAGE);
    assertTrue(
        Files.readString(PINNED.resolve("requirements.txt"))
            .contains(recipe.command("livekit-agents").getLast() + "=="));
    try (FickleDoor door = new FickleDoor(both.base);
        AgentConversation with =
            conversation(recipe, AGENT_PY, folder("python"), door, words(python))) {
      ReportedCall call = converse(with, door);
      String answer = with.postedByHand(SERVICE_TOKEN);
      assertEquals("complete", JsonPath.from(answer).getString("completeness"));
      assertEquals(0, JsonPath.from(answer).getInt("messages.new"));
      assertEquals(ITEMS, call.messages().getList("data").size());
      assertFalse(with.log().contains("telephone"), "the log has words of the story");
    }
  }

  @Test
  void an_agent_in_node() throws Exception {
    Path modules = LiveKitInstallation.modulesOfAgentsOrSkip();
    Recipe recipe = Recipe.of("node-agent.md");
    JsonPath pinned = JsonPath.from(PINNED.resolve("package.json").toFile());
    for (String module : recipe.command("@livekit/agents").subList(2, 6)) {
      String[] name = module.split("(?<=.)@", 2);
      String version = pinned.getString("dependencies.'" + name[0] + "'");
      assertTrue(version.startsWith(name.length > 1 ? name[1] : ""), module);
    }
    Path folder = folder("node");
    Files.writeString(folder.resolve("package.json"), "{\"type\":\"module\"}");
    Files.createSymbolicLink(folder.resolve("node_modules"), modules);
    try (FickleDoor door = new FickleDoor(both.base);
        AgentConversation with = conversation(recipe, "agent.js", folder, door, word -> word)) {
      converse(with, door);
    }
  }

  /** It is of kind agent, for the room of the job, and LiveKit signed it. */
  @Test
  void the_token_that_livekit_gives_to_a_job_does_as_well() throws Exception {
    Path python = LiveKitInstallation.pythonOfAgentsOrSkip();
    Recipe recipe =
        Recipe.of(PYTHON_PAGE).with("self._token = _token(ctx)", "self._token = ctx._info.token");
    String service = both.base.toString();
    Path folder = folder("job-token");
    try (AgentConversation with =
        new AgentConversation(recipe, AGENT_PY, folder, both, service, token, words(python))) {
      with.say("Hello", "You said: hello");
      assertIsThereWhileTheyTalk(with.callId);
      ReportedCall call = new ReportedCall(both, token, with.callId, with.reported());
      call.complete();
      call.assertMessages();
    }
  }

  private static UnaryOperator<String> words(Path python) {
    return word -> word.endsWith("/python") ? python.toString() : word;
  }

  private AgentConversation conversation(
      Recipe recipe, String file, Path folder, FickleDoor door, UnaryOperator<String> word)
      throws Exception {
    return new AgentConversation(recipe, file, folder, both, door.url(), token, word);
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

  /** The first posts fail, and nobody in the conversation is the wiser. */
  private ReportedCall converse(AgentConversation with, FickleDoor door) throws Exception {
    with.say("Hello", "You said: hello");
    assertEquals(List.of(), messages(with.callId).getList("data"));
    door.release();
    assertIsThereWhileTheyTalk(with.callId);
    with.say("What is the weather like?", "7 degrees and rain in Oslo");
    with.say("Tell me a story", "Once upon a time");
    with.say("Enough", "You said: enough");
    with.say("Billing, please", "how can I help?");
    with.say("Bye", "You said: bye");
    String report = with.reported();
    assertTrue(door.posts() > 3, door.posts() + " posts of messages");
    ReportedCall call = new ReportedCall(both, token, with.callId, report);
    assertEquals(CONVERSATION, call.counts());
    JsonPath complete = call.complete();
    call.assertMessages();
    call.assertUsage();
    assertRepeatChangesNothing(call, complete, report);
    return call;
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
