package dev.voiceledger.webhook;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.voiceledger.ledger.Entry;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.concurrent.TimeUnit;

/** Findings and webhooks of small calls, and the way of both into the ledger. */
final class FoundThings {
  static final long AT = 1_790_000_000L;
  private static final String ROOM = "{\"sid\":\"%s\",\"name\":\"f\",\"metadata\":\"listed %d\"}";

  private FoundThings() {}

  static Object webhook(Webhooks webhook) {
    return webhook;
  }

  static Instant at(long second) {
    return Instant.ofEpochMilli((AT + second) * 1000 + 777);
  }

  static Webhooks joined(String sid, String who, long second) {
    return Webhooks.participant(
        "participant_joined", sid, "f", "PA_" + who, who, AT * 1000 + 500, AT + second);
  }

  static Webhooks left(String sid, String who, long second) {
    return Webhooks.participant(
        "participant_left", sid, "f", "PA_" + who, who, AT * 1000 + 500, AT + second);
  }

  static ObjectNode room(String sid, long second) {
    return json(ROOM.formatted(sid, second));
  }

  static ObjectNode json(String text) {
    try {
      return (ObjectNode) Webhooks.JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(text, e);
    }
  }

  static Finding listed(String sid, long second) {
    return Finding.roomListed(at(second), room(sid, second));
  }

  static Finding gone(String sid, long second, long lastSeen) {
    return Finding.roomGone(at(second), sid, "f", at(lastSeen));
  }

  static Finding participantListed(String sid, String who, long second, boolean muted) {
    ObjectNode person =
        json(
            """
            {"sid": "PA_%s", "identity": "%s", "state": "ACTIVE", "name": "as of %d",
             "joined_at_ms": "%d", "tracks": [{"source": "MICROPHONE", "muted": %s}]}
            """
                .formatted(who, who, second, AT * 1000 + 500, muted));
    return Finding.participantListed(at(second), room(sid, second), person);
  }

  static Finding participantGone(String sid, String who, long second, long lastSeen) {
    return Finding.participantGone(at(second), room(sid, second), "PA_" + who, who, at(lastSeen));
  }

  static ObjectNode egress(String sid, String status) {
    return json(
        "{\"egress_id\":\"EG_1\",\"room_id\":\"%s\",\"status\":\"%s\"}".formatted(sid, status));
  }

  static Entry entry(Object said) {
    if (said instanceof Finding finding) {
      return finding.entry();
    }
    byte[] body = ((Webhooks) said).bytes();
    return EventFacts.of(EventReader.read(body, "none"), body);
  }

  static <T> T done(Future<T> work) throws Exception {
    return work.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }
}
