package dev.voiceledger.webhook;

import dev.voiceledger.call.InfoKey;
import dev.voiceledger.call.RecordingFacts;
import dev.voiceledger.webhook.WebhookEvent.Egress;
import dev.voiceledger.webhook.WebhookEvent.Source;
import java.time.Instant;
import java.util.UUID;

/** What is said of an egress, as facts: the further it has come, the later it was said. */
final class RecordingWords {
  /** Text between 2 and 3: over all that is under way, beneath every end that LiveKit tells. */
  private static final String RANK_GIVEN_UP = "2~";

  private RecordingWords() {}

  static RecordingFacts of(Source source, UUID callId, Egress egress) {
    Instant said = egress.updatedAt() != null ? egress.updatedAt() : source.createdAt();
    int rank = rank(egress.status());
    return new RecordingFacts(
        callId,
        egress.id(),
        rank + "|" + InfoKey.of(said, rank, source.id()),
        egress.status(),
        egress.url(),
        egress.startedAt(),
        egress.endedAt(),
        egress.durationSeconds(),
        egress.sizeBytes(),
        egress.error());
  }

  /** An egress that nobody will tell the end of. */
  static RecordingFacts givenUp(Source source, UUID callId, String egressId) {
    String key = RANK_GIVEN_UP + "|" + InfoKey.of(source.createdAt(), 0, source.id());
    String error = "inferred: an hour after the call LiveKit did not know this egress";
    return new RecordingFacts(
        callId, egressId, key, "EGRESS_ABORTED", null, null, null, null, null, error);
  }

  private static int rank(String status) {
    return switch (status) {
      case "EGRESS_STARTING" -> 0;
      case "EGRESS_ACTIVE" -> 1;
      case "EGRESS_COMPLETE", "EGRESS_FAILED", "EGRESS_ABORTED", "EGRESS_LIMIT_REACHED" -> 3;
      default -> 2; // EGRESS_ENDING, and words that this version does not know
    };
  }
}
