package dev.voiceledger.livekit;

import static dev.voiceledger.livekit.ServiceBesideLiveKit.userToken;
import static java.util.stream.Collectors.toSet;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.voiceledger.livekit.ServiceBesideLiveKit.Made;
import dev.voiceledger.start.RunningService;
import io.restassured.path.json.JsonPath;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/**
 * The page of docs/recipes/browser-transcripts.md, as it stands there, in two real browsers at
 * once, while somebody sends words into the room as LiveKit's agents do.
 */
class TranscriptsRecipeIT {
  private static final String PAGE = "http://127.0.0.1:3000";
  private static final String SERVICE = "http://localhost:8080";

  private static final String GREETING = "Good evening, how can I help?";

  private final UUID ann = UUID.randomUUID();
  private final UUID bob = UUID.randomUUID();
  private final String token = userToken(ann);
  private final int port = RunningService.freePort();
  private final String page = "http://127.0.0.1:" + port;
  private final Recipe recipe;

  TranscriptsRecipeIT() throws IOException {
    recipe = Recipe.of("browser-transcripts.md").with(PAGE, page).with("=3000", "=" + port);
  }

  @Test
  void what_two_browsers_hear_is_there_once() throws Exception {
    LiveKitInstallation installed = LiveKitInstallation.orSkip();
    Path browser = LiveKitInstallation.browserOrSkip();
    String[] setting = recipe.command("run").getFirst().split("=", 2);
    Path folder = installed.scenario().resolve("recipe-transcripts");
    try (ServiceBesideLiveKit both =
        ServiceBesideLiveKit.start(installed, Map.of(setting[0], setting[1]))) {
      recipe.with(SERVICE, both.base.toString()).write(folder);
      Made made = both.made(token, "{\"invited_user_ids\":[\"" + bob + "\"]}");
      try (ServedRecipe _ = new ServedRecipe(recipe, installed, folder, port)) {
        JsonNode seen = both.livekit.browse("transcripts", browser, arguments(made.room()));
        assertSeen(seen);
        assertRows(both, made.id());
      }
    }
  }

  private String[] arguments(String room) {
    return new String[] {
      "--page=" + page,
      "--room=" + room,
      "--ann=" + token,
      "--ann-id=" + ann,
      "--bob=" + userToken(bob),
      "--bob-id=" + bob
    };
  }

  /** Both heard the same and posted it; of what changed fast, only some. */
  private static void assertSeen(JsonNode seen) {
    for (String who : List.of("ann", "bob")) {
      JsonNode person = seen.path(who);
      assertEquals("[]", person.path("complaints").toString());
      for (JsonNode status : person.path("answers")) {
        assertTrue(Set.of(200, 201).contains(status.asInt()), person.toString());
      }
      assertTrue(person.path("posts").asInt() < seen.path("updates").asInt(), person.toString());
    }
  }

  /** What a row says of a segment. */
  private record Segment(
      String id, String role, String identity, boolean isFinal, String text, String postedBy) {
    static Segment of(Map<String, ?> row) {
      return new Segment(
          (String) row.get("segment_id"),
          (String) row.get("role"),
          (String) row.get("participant_identity"),
          (Boolean) row.get("final"),
          (String) row.get("content"),
          (String) row.get("posted_by"));
    }
  }

  private void assertRows(ServiceBesideLiveKit both, String callId) {
    String owner = "participant:" + ann;
    String agent = "agent-of-the-test";
    Set<Segment> wanted =
        Set.of(
            new Segment("SG_greeting", "assistant", agent, true, GREETING, owner),
            new Segment("SG_ann", "user", ann + "", true, "I would like a table.", owner),
            new Segment("SG_bob", "user", bob + "", true, "So many words. ".repeat(40), owner),
            new Segment("SG_answer", "assistant", agent, true, "For how many?", owner),
            new Segment("SG_unfinished", "user", ann + "", false, "For fo", owner));
    JsonPath said = both.as(token).get("/calls/{id}/messages", callId).jsonPath();
    List<Map<String, ?>> rows = said.getList("data");
    assertEquals(wanted, rows.stream().map(Segment::of).collect(toSet()));
    assertEquals(wanted.size(), rows.size());
    assertEquals(wanted.size(), both.call(token, callId).getInt("message_count"));
    assertEquals(wanted.size(), Traces.rows(both.database, "voice_messages", callId));
  }
}
