package dev.voiceledger.live;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.voiceledger.history.Changed;
import dev.voiceledger.live.Change.Kind;
import io.vertx.core.buffer.Buffer;
import java.util.UUID;

/**
 * One change as readers get it.
 *
 * @param erased whether it says that its call is gone
 */
record Event(long number, UUID callId, boolean erased, Buffer bytes) {
  /** What is longer is told as a reset: whoever wants it reads it where it stands. */
  static final int BYTES_MAX = 1024 * 1024;

  static Event of(long number, Kind kind, Changed row, ObjectMapper json) {
    try {
      String shown = json.writeValueAsString(row.shown());
      String data = shown.substring(0, shown.length() - 1) + ",\"version\":" + row.version() + "}";
      Buffer bytes = block(number, kind.name(), data);
      return new Event(
          number, row.callId(), false, bytes.length() > BYTES_MAX ? reset(number) : bytes);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a row is always JSON", e);
    }
  }

  /** In place of a row that cannot be told. */
  static Event reset(long number, UUID callId) {
    return new Event(number, callId, false, reset(number));
  }

  static Event erased(long number, UUID callId, long version) {
    String data = "{\"id\":\"%s\",\"erased\":true,\"version\":%d}".formatted(callId, version);
    return new Event(number, callId, true, block(number, Kind.call.name(), data));
  }

  /** All may be different: read it anew, and go on from here. */
  static Buffer reset(long number) {
    return block(number, "reset", "{}");
  }

  /** From where a client goes on that was told of nothing yet. */
  static Buffer beginning(long number) {
    return Buffer.buffer("id: " + number + "\n\n");
  }

  private static Buffer block(long number, String event, String data) {
    return Buffer.buffer("id: " + number + "\nevent: " + event + "\ndata: " + data + "\n\n");
  }
}
