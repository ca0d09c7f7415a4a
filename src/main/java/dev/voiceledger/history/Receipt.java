package dev.voiceledger.history;

import com.fasterxml.jackson.annotation.JsonRawValue;
import dev.voiceledger.platform.Times;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * What an erasure took and what it could not take.
 *
 * @param erased rows by table
 * @param notErased objects elsewhere that the call pointed to: recordings and the like, at most
 *     1,000; whoever keeps them has to erase them
 * @param notErasedIsWhole false where there are more of them
 */
@Schema(name = "Receipt")
record Receipt(
    UUID callId,
    String erasedAt,
    @Schema(implementation = Object.class) @JsonRawValue String erased,
    @Schema(implementation = Object[].class) @JsonRawValue String notErased,
    boolean notErasedIsWhole) {

  static Receipt of(UUID callId, Instant at, String receipt) {
    JsonObject told = new JsonObject(receipt);
    return new Receipt(
        callId,
        Times.text(at),
        told.getJsonObject("erased").encode(),
        told.getJsonArray("not_erased").encode(),
        !told.getBoolean("not_erased_has_more"));
  }
}
