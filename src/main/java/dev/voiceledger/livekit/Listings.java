package dev.voiceledger.livekit;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.voiceledger.livekit.Twirp.Question;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What LiveKit lists, as it spells it. An answer is whole or a {@link LiveKitFailure}, which nobody
 * has logged. Long answers are read on a worker, since event loops have others to serve.
 */
@ApplicationScoped
public class Listings {
  /** Four of them at once, and what is kept of them, fit into the heap that the launcher takes. */
  public static final int ANSWER_BYTES_MAX = 4 << 20;

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int OK = 200;

  /** What every room has and nobody asks for is most of the list. */
  private static final List<String> OF_NO_INTEREST =
      List.of("enabled_codecs", "turn_password", "version");

  private static final List<String> OF_TRACKS = List.of("sid", "type", "source", "muted");

  private final Twirp twirp;

  Listings(Twirp twirp) {
    this.twirp = twirp;
  }

  /** All live rooms. */
  public Uni<List<JsonNode>> rooms() {
    return rooms(message());
  }

  /** The live ones of these rooms. */
  public Uni<List<JsonNode>> rooms(Collection<String> names) {
    ObjectNode message = message();
    names.forEach(message.putArray("names")::add);
    return rooms(message);
  }

  /** Rooms are never "not found": a list of them has none, and says so. */
  private Uni<List<JsonNode>> rooms(ObjectNode message) {
    Question question =
        new Question(Twirp.ROOM_SERVICE, "ListRooms", "roomList", null, message, ANSWER_BYTES_MAX);
    return list(question, "rooms", room -> room.remove(OF_NO_INTEREST))
        .map(found -> found.orElseThrow(LiveKitFailure::odd).items());
  }

  /**
   * A list.
   *
   * @param bytes how long it was as LiveKit wrote it
   */
  public record Listed(List<JsonNode> items, int bytes) {
    private static final Listed NONE = new Listed(List.of(), 0);
  }

  /** Who is in a room; nobody where there is no such room. */
  public Uni<Listed> participants(String roomName) {
    ObjectNode message = message().put("room", roomName);
    Question question =
        new Question(
            Twirp.ROOM_SERVICE,
            "ListParticipants",
            "roomAdmin",
            roomName,
            message,
            ANSWER_BYTES_MAX);
    return list(question, "participants", Listings::thin).map(found -> found.orElse(Listed.NONE));
  }

  /** Egresses that are under way. */
  public Uni<List<JsonNode>> activeEgresses() {
    return egresses(message().put("active", true));
  }

  /** The egress of this id; none where LiveKit does not know it. */
  public Uni<List<JsonNode>> egress(String egressId) {
    return egresses(message().put("egress_id", egressId));
  }

  private Uni<List<JsonNode>> egresses(ObjectNode message) {
    Question question =
        new Question("Egress", "ListEgress", "roomRecord", null, message, ANSWER_BYTES_MAX);
    return list(question, "items", egress -> {}).map(found -> found.orElse(Listed.NONE).items());
  }

  private static ObjectNode message() {
    return JsonNodeFactory.instance.objectNode();
  }

  /** Of a track, which has a hundred fields, what tells whether somebody is muted. */
  private static void thin(ObjectNode participant) {
    participant.path("tracks").forEach(track -> ((ObjectNode) track).retain(OF_TRACKS));
  }

  private Uni<Optional<Listed>> list(
      Question question, String field, Consumer<ObjectNode> thinned) {
    return twirp
        .answer(question)
        .emitOn(Infrastructure.getDefaultExecutor())
        .map(answer ->
            answer.status() == OK
                ? Optional.of(read(answer.body().getBytes(), field, thinned))
                : Twirp.read(answer).map(said -> Listed.NONE));
  }

  /** One item after the other, so that of a long list never all is there as LiveKit wrote it. */
  private static Listed read(byte[] json, String field, Consumer<ObjectNode> thinned) {
    List<JsonNode> items = null;
    try (JsonParser in = JSON.createParser(json)) {
      sure(in.nextToken() == JsonToken.START_OBJECT);
      while (in.nextToken() == JsonToken.FIELD_NAME) {
        boolean isList = in.currentName().equals(field);
        JsonToken value = in.nextToken();
        if (isList) {
          sure(value == JsonToken.START_ARRAY);
          items = items(in, thinned);
        } else {
          in.skipChildren();
        }
      }
      sure(items != null && in.nextToken() == null);
      return new Listed(items, json.length);
    } catch (IOException unreadable) {
      throw LiveKitFailure.odd();
    }
  }

  private static List<JsonNode> items(JsonParser in, Consumer<ObjectNode> thinned)
      throws IOException {
    List<JsonNode> items = new ArrayList<>();
    while (in.nextToken() != JsonToken.END_ARRAY) {
      JsonNode item = JSON.readTree(in);
      sure(item instanceof ObjectNode);
      thinned.accept((ObjectNode) item);
      items.add(item);
    }
    return items;
  }

  private static void sure(boolean isSo) {
    if (!isSo) {
      throw LiveKitFailure.odd();
    }
  }
}
