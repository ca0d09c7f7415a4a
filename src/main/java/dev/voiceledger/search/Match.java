package dev.voiceledger.search;

import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * A message in which something was found.
 *
 * @param snippet at most 160 characters around it, with points where something is left out
 * @param highlights what was found in the snippet, in its order
 */
@Schema(name = "Match")
public record Match(
    UUID messageId,
    int sequenceNumber,
    @Schema(enumeration = {"user", "assistant", "system", "function"}) String role,
    String timestamp,
    String snippet,
    List<Highlight> highlights) {

  /**
   * A part of a snippet, in UTF-16 units, as JavaScript and Java count.
   *
   * @param end the first unit after it
   */
  @Schema(name = "Highlight")
  public record Highlight(int start, int end) {}
}
