package dev.voiceledger.livekit;

import com.fasterxml.jackson.databind.JsonNode;
import dev.voiceledger.TestDatabase;
import dev.voiceledger.history.Tables;
import dev.voiceledger.webhook.Webhooks;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What is open by LiveKit and what by the rows, in the same words. */
final class OpenRooms {
  private static final String OPEN_CALLS =
      "select room_sid from voice_calls where ended_at is null and room_sid is not null";

  private static final String PRESENT =
      """
      select jsonb_build_array(c.room_sid, p.participant_sid, p.participant_identity,
        coalesce(p.participant_name, ''), floor(extract(epoch from p.joined_at) * 1000)::bigint,
        coalesce(p.metadata, ''), p.attributes, p.is_muted)::text
      from call_participants p join voice_calls c on c.id = p.call_id
      where p.left_at is null and c.ended_at is null\
      """;

  private OpenRooms() {}

  /** By sid of a room, its people, as LiveKit's own SDK lists them. */
  static Map<String, List<String>> listed(People people) throws IOException {
    Map<String, List<String>> all = new TreeMap<>();
    for (JsonNode room : people.listed()) {
      String sid = room.path("sid").asText();
      List<String> crowd = all.computeIfAbsent(sid, none -> new ArrayList<>());
      for (JsonNode one : room.path("people")) {
        crowd.add(
            Webhooks.JSON
                .createArrayNode()
                .add(sid)
                .add(one.path("sid"))
                .add(one.path("identity"))
                .add(one.path("name"))
                .add(one.path("joined"))
                .add(one.path("metadata"))
                .add(one.path("attributes"))
                .add(one.path("muted"))
                .toString());
      }
      Collections.sort(crowd);
    }
    return all;
  }

  /** The same as the rows have it. */
  static Map<String, List<String>> rows(TestDatabase database) throws IOException {
    Map<String, List<String>> all = new TreeMap<>();
    Tables.texts(database, OPEN_CALLS).forEach(sid -> all.put(sid, new ArrayList<>()));
    for (String row : Tables.texts(database, PRESENT)) {
      JsonNode columns = Webhooks.JSON.readTree(row);
      all.computeIfAbsent(columns.path(0).asText(), none -> new ArrayList<>())
          .add(columns.toString());
    }
    all.values().forEach(Collections::sort);
    return all;
  }
}
