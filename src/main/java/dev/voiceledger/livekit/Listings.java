package dev.voiceledger.livekit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.voiceledger.livekit.Twirp.Question;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;

/**
 * What LiveKit lists, as it spells it. An answer is whole or a {@link LiveKitFailure}, which nobody
 * has logged. Long answers are read on a worker, since event loops have others to serve.
 */
@ApplicationScoped
public class Listings {
  /** Beside it the heap holds the bytes once more and what is read from them: some 30 MiB. */
  public static final int ANSWER_BYTES_MAX = 8 << 20;

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
    return list(question, "rooms").map(found -> found.orElseThrow(LiveKitFailure::odd));
  }

  /** Who is in a room; nobody where there is no such room. */
  public Uni<List<JsonNode>> participants(String roomName) {
    ObjectNode message = message().put("room", roomName);
    Question question =
        new Question(
            Twirp.ROOM_SERVICE,
            "ListParticipants",
            "roomAdmin",
            roomName,
            message,
            ANSWER_BYTES_MAX);
    return list(question, "participants").map(found -> found.orElseGet(List::of));
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
    return list(question, "items").map(found -> found.orElseGet(List::of));
  }

  private static ObjectNode message() {
    return JsonNodeFactory.instance.objectNode();
  }

  private Uni<Optional<List<JsonNode>>> list(Question question, String field) {
    return twirp
        .answer(question)
        .emitOn(Infrastructure.getDefaultExecutor())
        .map(answer -> Twirp.read(answer).map(said -> items(said.path(field))));
  }

  private static List<JsonNode> items(JsonNode list) {
    if (!list.isArray()) {
      throw LiveKitFailure.odd();
    }
    return StreamSupport.stream(list.spliterator(), false).toList();
  }
}
