package dev.voiceledger.livekit;

import static dev.voiceledger.FreshDatabase.JWT_SECRET;
import static dev.voiceledger.livekit.ServiceBesideLiveKit.userToken;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.voiceledger.start.RunningService;
import io.restassured.path.json.JsonPath;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/**
 * The page of docs/recipes/browser.md, as it stands there, in a real browser at an origin of its
 * own; with people who talk over a real LiveKit server, and the packaged service.
 */
class BrowserRecipeIT {
  private static final String PAGE = "http://127.0.0.1:3000";
  private static final String SERVICE = "http://localhost:8080";

  private final UUID owner = UUID.randomUUID();
  private final UUID guest = UUID.randomUUID();
  private final int port = RunningService.freePort();
  private final Recipe recipe;

  BrowserRecipeIT() throws IOException {
    recipe = Recipe.of("browser.md").with(PAGE, page("127.0.0.1")).with("=3000", "=" + port);
  }

  private String page(String host) {
    return "http://" + host + ":" + port;
  }

  @Test
  void the_page_of_the_recipe_makes_a_call_and_shows_its_row() throws Exception {
    LiveKitInstallation installed = LiveKitInstallation.orSkip();
    Path browser = LiveKitInstallation.browserOrSkip();
    String[] setting = recipe.command("run").getFirst().split("=", 2);
    Path folder = installed.scenario().resolve("recipe");
    try (ServiceBesideLiveKit both =
        ServiceBesideLiveKit.start(installed, Map.of(setting[0], setting[1]))) {
      recipe.with(SERVICE, both.base.toString()).write(folder);
      try (ServedRecipe _ = new ServedRecipe(recipe, installed, folder, port)) {
        assertTells(both, both.livekit.browse("browser", browser, arguments()));
      }
    }
  }

  private String[] arguments() throws Exception {
    return new String[] {
      "--page=" + page("127.0.0.1"),
      "--elsewhere=" + page("localhost"),
      "--owner=" + trialToken(),
      "--guest=" + userToken(guest),
      "--guest-id=" + guest,
      "--stranger=" + userToken(UUID.randomUUID())
    };
  }

  /** As the reader gets it, but that the uuid is known here. */
  private String trialToken() throws Exception {
    List<String> command = new ArrayList<>(recipe.command("user"));
    assertEquals("./voiceledger", command.removeFirst());
    command.add(owner.toString());
    RunningService.Ended ended =
        RunningService.run(Map.of("JWT_SECRET", JWT_SECRET), command.toArray(String[]::new));
    assertEquals(0, ended.status(), ended.output());
    return ended.output().strip();
  }

  private void assertTells(ServiceBesideLiveKit both, JsonNode seen) throws Exception {
    assertEquals("[]", seen.path("complaints").toString());
    assertEquals("[\"Ann\",\"Bob\"]", seen.path("people").toString());
    String refusal = seen.path("refusal").asText();
    assertTrue(refusal.contains("this room is not open to you"), refusal);
    assertEquals("Failed to fetch", seen.path("unreachable").asText());

    String token = userToken(owner);
    JsonPath call =
        both.callThat(
            token,
            seen.path("room").asText(),
            "told by LiveKit",
            is -> is.getString("end_reason").equals("room_finished"));
    assertEquals("completed", call.getString("status"));
    assertEquals("A call in the browser", call.getString("title"));
    assertEquals(owner.toString(), call.getString("user_id"));
    assertEquals(2, call.getInt("participant_count"));
    assertTrue(call.getInt("duration_seconds") >= 0);
    for (String who : List.of("owner", "guest")) {
      JsonNode row = seen.path("rows").path(who);
      assertEquals(call.getString("id"), row.path("id").asText());
      assertEquals("completed", row.path("status").asText());
    }
    JsonPath people =
        both.as(token).get("/calls/{id}/participants", call.getString("id")).jsonPath();
    Set<String> users = Set.copyOf(people.<String>getList("data.user_id"));
    assertEquals(Set.of(owner.toString(), guest.toString()), users);
    assertEquals(Set.of("Ann", "Bob"), Set.copyOf(people.getList("data.participant_name")));
  }
}
