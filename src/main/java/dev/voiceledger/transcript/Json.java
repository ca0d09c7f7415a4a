package dev.voiceledger.transcript;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;

/**
 * For programs: {@link TranscriptView}, with every turn as it was said and nothing escaped away.
 */
final class Json implements Rendering {
  private final ObjectMapper json;
  private boolean begun;

  Json(ObjectMapper json) {
    this.json = json;
  }

  /** The whole without its turns, up to where they begin. */
  @Override
  public String heading(Heading heading) {
    String empty = text(TranscriptView.of(heading, List.of()));
    return empty.substring(0, empty.length() - "]}".length());
  }

  @Override
  public String turn(Turn turn) {
    String line = (begun ? ",\n" : "\n") + text(TranscriptView.Turn.of(turn));
    begun = true;
    return line;
  }

  @Override
  public String end() {
    return "\n]}\n";
  }

  private String text(Object value) {
    try {
      return json.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("records of texts and numbers are always JSON", e);
    }
  }
}
