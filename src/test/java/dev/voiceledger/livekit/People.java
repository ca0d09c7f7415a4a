package dev.voiceledger.livekit;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Real people in calls: LiveKit's clients in a process of their own, see people.mjs. */
final class People implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int GOODBYE_SECONDS_MAX = 5;

  private final Process process;
  private final Writer orders;
  private final BufferedReader answers;

  People(Process process) {
    this.process = process;
    this.orders = process.outputWriter();
    this.answers = process.inputReader();
  }

  /** Where to connect, and with what. */
  record Ticket(String serverUrl, String participantToken) {}

  /** What a client sees once it is in. */
  record Joined(String room, String roomSid, String identity) {}

  /**
   * What LiveKit's {@code TokenSource.endpoint} brings.
   *
   * @param bearer whose token it is asked with
   * @param options as TokenSource names them, such as roomName
   */
  Ticket token(URI service, String bearer, Map<String, ?> options) throws IOException {
    String endpoint = service.resolve("/api/v1/token").toString();
    Map<String, ?> order = Map.of("endpoint", endpoint, "bearer", bearer, "options", options);
    return JSON.treeToValue(answer("token", order), Ticket.class);
  }

  /** Somebody joins, to be called by this name from here on. */
  Joined join(String who, Ticket ticket) throws IOException {
    Map<String, ?> order =
        Map.of("who", who, "serverUrl", ticket.serverUrl(), "token", ticket.participantToken());
    return JSON.treeToValue(answer("join", order), Joined.class);
  }

  void leave(String who) throws IOException {
    answer("leave", Map.of("who", who));
  }

  /** Waits until somebody is out, and tells LiveKit's reason. */
  String gone(String who) throws IOException {
    return answer("gone", Map.of("who", who)).asText();
  }

  /** As a moderator does it, through LiveKit's server SDK. */
  void remove(String room, String identity) throws IOException {
    answer("remove", Map.of("room", room, "identity", identity));
  }

  /** The sids of the live rooms of a name: one or none. */
  List<String> live(String room) throws IOException {
    return answer("live", Map.of("room", room)).findValuesAsText("sid");
  }

  /** Publishes a microphone; answers its track's sid. */
  String speak(String who) throws IOException {
    return answer("speak", Map.of("who", who)).asText();
  }

  void mute(String room, String identity, String trackSid) throws IOException {
    answer("mute", Map.of("room", room, "identity", identity, "trackSid", trackSid));
  }

  /** Sets name, metadata and attributes, of which no webhook tells. */
  void describe(String room, String identity, Map<String, ?> said) throws IOException {
    Map<String, Object> order = new HashMap<>(said);
    order.put("room", room);
    order.put("identity", identity);
    answer("describe", order);
  }

  /** All live rooms with their people, as LiveKit's own SDK reads them. */
  JsonNode listed() throws IOException {
    return answer("listed", Map.of());
  }

  /** Which agents LiveKit sends for: agentName and metadata of each. */
  JsonNode dispatches(String room) throws IOException {
    return answer("dispatches", Map.of("room", room));
  }

  private JsonNode answer(String step, Map<String, ?> order) throws IOException {
    ObjectNode line = JSON.valueToTree(order);
    orders.write(line.put("do", step) + "\n");
    orders.flush();
    String said = answers.readLine();
    assertTrue(said != null, "people.mjs ended; target/livekit/people.mjs.log may say why");
    JsonNode answer = JSON.readTree(said);
    assertTrue(answer.has("done"), answer.path("failed").asText());
    return answer.path("done");
  }

  @Override
  public void close() throws IOException, InterruptedException {
    orders.close();
    if (!process.waitFor(GOODBYE_SECONDS_MAX, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
    }
  }
}
