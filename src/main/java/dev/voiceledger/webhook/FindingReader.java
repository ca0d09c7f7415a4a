package dev.voiceledger.webhook;

import static dev.voiceledger.webhook.Json.at;
import static dev.voiceledger.webhook.Json.id;
import static dev.voiceledger.webhook.Json.millis;
import static dev.voiceledger.webhook.Json.name;
import static dev.voiceledger.webhook.Json.word;

import com.fasterxml.jackson.databind.JsonNode;
import dev.voiceledger.webhook.Json.Unfit;
import dev.voiceledger.webhook.WebhookEvent.EgressGone;
import dev.voiceledger.webhook.WebhookEvent.EgressListed;
import dev.voiceledger.webhook.WebhookEvent.Found;
import dev.voiceledger.webhook.WebhookEvent.ParticipantGone;
import dev.voiceledger.webhook.WebhookEvent.ParticipantListed;
import dev.voiceledger.webhook.WebhookEvent.Room;
import dev.voiceledger.webhook.WebhookEvent.RoomGone;
import dev.voiceledger.webhook.WebhookEvent.RoomListed;
import dev.voiceledger.webhook.WebhookEvent.Source;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;

/** From what a listing said to an event, at once and when it is replayed. */
final class FindingReader {
  static final String ROOM_LISTED = "room_listed";
  static final String ROOM_GONE = "room_gone";
  static final String PARTICIPANT_LISTED = "participant_listed";
  static final String PARTICIPANT_GONE = "participant_gone";
  static final String EGRESS_LISTED = "egress_listed";
  static final String EGRESS_GONE = "egress_gone";

  private static final String[] STATES = {"JOINING", "JOINED", "ACTIVE", "DISCONNECTED"};
  private static final String[] SOURCES = {
    "UNKNOWN", "CAMERA", "MICROPHONE", "SCREEN_SHARE", "SCREEN_SHARE_AUDIO"
  };

  private FindingReader() {}

  /**
   * Reads what {@link Finding} wrote.
   *
   * @throws Unfit where something in LiveKit's answer is not what its place asks for
   */
  static Found read(JsonNode json) {
    Source source =
        new Source(
            sure(id(json, "id"), "id"),
            name(json, "event"),
            sure(millis(json, "createdAtMs", "createdAt"), "created_at_ms"));
    Room room = sure(EventReader.room(json), "the room's sid");
    return switch (source.name()) {
      case ROOM_LISTED -> new RoomListed(source, room);
      case ROOM_GONE -> new RoomGone(source, room, lastSeenAt(json));
      case PARTICIPANT_LISTED -> listed(source, room, json);
      case PARTICIPANT_GONE ->
          new ParticipantGone(source, room, EventReader.thinParticipant(json), lastSeenAt(json));
      case EGRESS_LISTED -> new EgressListed(source, room, EventReader.egress(json));
      case EGRESS_GONE ->
          new EgressGone(
              source, room, sure(id(at(json, "egressInfo"), "egressId"), "the egress's id"));
      case null, default -> throw new Unfit("no event of the reconciler");
    };
  }

  private static <T> T sure(T value, String what) {
    return Optional.ofNullable(value).orElseThrow(() -> new Unfit(what + " is missing"));
  }

  private static Instant lastSeenAt(JsonNode json) {
    return sure(millis(json, "lastSeenAtMs", "lastSeenAt"), "last_seen_at_ms");
  }

  private static ParticipantListed listed(Source source, Room room, JsonNode json) {
    JsonNode node = at(json, "participant");
    String state = word(node, "state", STATES);
    return new ParticipantListed(
        source, room, EventReader.participant(json), state, isMuted(at(node, "tracks")));
  }

  /** Who has no microphone to mute is not muted. */
  private static boolean isMuted(JsonNode tracks) {
    List<JsonNode> microphones =
        StreamSupport.stream(tracks.spliterator(), false)
            .filter(track -> word(track, "source", SOURCES).equals("MICROPHONE"))
            .toList();
    return !microphones.isEmpty()
        && microphones.stream().allMatch(track -> at(track, "muted").asBoolean(false));
  }
}
