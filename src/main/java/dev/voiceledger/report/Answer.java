package dev.voiceledger.report;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.voiceledger.platform.Problem.Type;
import dev.voiceledger.report.Reports.Kept;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * What became of a report.
 *
 * @param completeness of the call by now
 */
@Schema(name = "SessionReportKept")
record Answer(
    UUID callId,
    @Schema(enumeration = {"live", "settling", "complete"}) String completeness,
    Messages messages,
    Rows usage,
    @JsonIgnore @Schema(hidden = true) boolean news) {

  /**
   * Its items.
   *
   * @param received all that it has
   * @param fresh those that were not there yet
   * @param replaced those that say more than what was there
   */
  @Schema(name = "ReportedMessages")
  record Messages(int received, @JsonProperty("new") int fresh, int replaced) {}

  /**
   * Its usage rows.
   *
   * @param received all that it has
   * @param written those that are new, or later than what was there
   */
  @Schema(name = "ReportedUsage")
  record Rows(int received, int written) {}

  static Answer of(UUID callId, Report report, Tally tally, Kept kept) {
    if (kept.completeness() == null) {
      throw Type.CALL_NOT_FOUND.because(null);
    }
    return new Answer(
        callId,
        kept.completeness(),
        new Messages(report.items(), tally.fresh(), tally.replaced()),
        new Rows(report.usage().size(), kept.changed()),
        tally.fresh() + tally.replaced() + kept.changed() > 0 || kept.first());
  }
}
