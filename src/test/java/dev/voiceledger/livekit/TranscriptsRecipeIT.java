package dev.voiceledger.livekit;

import static dev.voiceledger.livekit.ServiceBesideLiveKit.userToken;
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
        assertRows(both, made.id(), seen);
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
    assertEquals(seen.at("/ann/lines"), seen.at("/bob/lines"));
    for (String who : List.of("ann", "bob")) {
      JsonNode person = seen.path(who);
      assertEquals("[]", person.path("complaints").toString());
      for (JsonNode status : person.path("answers")) {
        assertTrue(Set.of(200, 201).contains(status.asInt()), person.toString());
      }
      assertTrue(person.path("posts").asInt() < seen.path("updates").asInt(), person.toString());
    }
  }

  private void assertRows(ServiceBesideLiveKit both, String callId, JsonNode seen) {
    JsonPath said = both.as(token).get("/calls/{id}/messages", callId).jsonPath();
    assertEquals(
        List.of("SG_greeting", "SG_ann", "SG_bob", "SG_answer", "SG_unfinished"),
        said.getList("data.segment_id"));
    assertEquals(List.of(true, true, true, true, false), said.getList("data.final"));
    assertEquals(
        List.of("assistant", "user", "user", "assistant", "user"), said.getList("data.role"));
    String agent = "agent-of-the-test";
    assertEquals(
        List.of(agent, ann + "", bob + "", agent, ann + ""),
        said.getList("data.participant_identity"));
    for (int place = 0; place < 5; place++) {
      String line = seen.at("/ann/lines/" + place).asText();
      assertEquals(line.replaceFirst("^\\w+: ", ""), said.getString("data[" + place + "].content"));
    }
    assertEquals(Set.of("participant:" + ann), Set.copyOf(said.getList("data.posted_by")));
    assertEquals(5, both.call(token, callId).getInt("message_count"));
    assertEquals(5, Traces.rows(both.database, "voice_messages", callId));
  }
}
