package dev.voiceledger.livekit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;

/**
 * LiveKit's rooms. Every method answers within three seconds, on the Vert.x context of whoever
 * subscribes, so that a database session may go on around it; whatever keeps LiveKit from doing
 * what it is asked is a {@code livekit-unavailable} problem that says what to look at.
 */
@ApplicationScoped
public class LiveKit {
  private static final String CREATE = "roomCreate";
  private static final String LIST = "roomList";

  private final Twirp twirp;

  LiveKit(Twirp twirp) {
    this.twirp = twirp;
  }

  /**
   * A room to be made.
   *
   * @param name by which people join; a live room of this name is taken as it is
   * @param metadata of the room; null for none
   * @param emptyTimeoutSeconds how long it waits for the first to come; null for LiveKit's default
   * @param departureTimeoutSeconds how long it outlives the last to go; null for the default
   * @param maxParticipants null for no limit
   * @param agents to be sent into it; null or empty for none
   */
  public record NewRoom(
      String name,
      String metadata,
      Integer emptyTimeoutSeconds,
      Integer departureTimeoutSeconds,
      Integer maxParticipants,
      List<Agent> agents) {

    private ObjectNode json() {
      ObjectNode json = JsonNodeFactory.instance.objectNode().put("name", name);
      put(json, "emptyTimeout", emptyTimeoutSeconds);
      put(json, "departureTimeout", departureTimeoutSeconds);
      put(json, "maxParticipants", maxParticipants);
      if (metadata != null) {
        json.put("metadata", metadata);
      }
      if (agents != null && !agents.isEmpty()) {
        json.set("agents", Agent.json(agents));
      }
      return json;
    }

    private static void put(ObjectNode json, String field, Integer value) {
      if (value != null) {
        json.put(field, value);
      }
    }
  }

  /**
   * A live room.
   *
   * @param sid of this session of the room, {@code RM_…}; a later room of the name has another
   * @param createdAt to the millisecond where LiveKit says so, else to the second
   * @param numParticipants roughly; LiveKit's own count lags
   */
  public record Room(String sid, String name, Instant createdAt, int numParticipants) {

    /** Empty where a field is missing without which it is no room. */
    private static Optional<Room> of(JsonNode json) {
      String sid = json.path("sid").asText();
      long seconds = json.path("creation_time").asLong();
      long millis = json.path("creation_time_ms").asLong();
      if (sid.isEmpty() || Math.max(seconds, millis) <= 0) {
        return Optional.empty();
      }
      Instant at = millis > 0 ? Instant.ofEpochMilli(millis) : Instant.ofEpochSecond(seconds);
      int people = json.path("num_participants").asInt();
      return Optional.of(new Room(sid, json.path("name").asText(), at, people));
    }
  }

  /** Makes the room, or finds the live one of that name, which keeps its own settings. */
  public Uni<Room> createRoom(NewRoom room) {
    return twirp
        .ask("CreateRoom", CREATE, room.json())
        .map(made -> made.flatMap(Room::of).orElseThrow(() -> odd("CreateRoom")));
  }

  /** The live room of this name; empty where there is none. */
  public Uni<Optional<Room>> room(String name) {
    ObjectNode message = JsonNodeFactory.instance.objectNode();
    message.putArray("names").add(name);
    return twirp.ask("ListRooms", LIST, message).map(found -> named(found, name));
  }

  private static Optional<Room> named(Optional<JsonNode> found, String name) {
    JsonNode rooms = found.map(list -> list.path("rooms")).orElseThrow(() -> odd("ListRooms"));
    if (!rooms.isArray()) {
      throw odd("ListRooms");
    }
    return StreamSupport.stream(rooms.spliterator(), false)
        .filter(room -> room.path("name").asText().equals(name))
        .map(room -> Room.of(room).orElseThrow(() -> odd("ListRooms")))
        .findFirst();
  }

  /** Ends the room for everybody in it; one that is not there is done already. */
  public Uni<Void> deleteRoom(String name) {
    ObjectNode message = JsonNodeFactory.instance.objectNode().put("room", name);
    return twirp.ask("DeleteRoom", CREATE, message).replaceWithVoid();
  }

  private static RuntimeException odd(String method) {
    return LiveKitFailure.odd().logged(method);
  }
}
