package dev.voiceledger.report;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import dev.voiceledger.platform.Problem.Type;
import dev.voiceledger.platform.ProblemException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;

/**
 * Reports as bytes: JSON as Python writes it too, with NaN and Infinity. Read token by token, since
 * a tree of the largest would take more than the whole heap.
 */
final class ReportParser {
  static final int DEPTH_MAX = 100;

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(DEPTH_MAX)
                  .maxStringLength(Wording.CONTENT_MAX)
                  .build())
          .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
          .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
          .build();

  private ReportParser() {}

  /** Something that reads a report. */
  interface Reading<T> {
    T of(JsonParser parser) throws IOException;
  }

  /** A parser before the first token. Left to itself, Jackson would guess at UTF-16 too. */
  static JsonParser over(InputStream body) throws IOException {
    byte[] first = body.readNBytes(4);
    for (byte one : first) {
      if (one == 0 || one == (byte) 0xFE || one == (byte) 0xFF) {
        throw Type.MALFORMED_JSON.because("the body is not UTF-8");
      }
    }
    return JSON.createParser(new SequenceInputStream(new ByteArrayInputStream(first), body));
  }

  /** Reads, and says what was wrong with the JSON as a problem. */
  static <T> T read(JsonParser parser, Reading<T> reading) {
    try {
      return reading.of(parser);
    } catch (JsonProcessingException notJson) {
      throw malformed(notJson);
    } catch (IOException notReadable) {
      throw Type.MALFORMED_JSON.because(notReadable.getClass().getSimpleName());
    }
  }

  /** Where and of which kind; Jackson's own message quotes what was sent. */
  private static ProblemException malformed(JsonProcessingException notJson) {
    String place =
        notJson.getLocation() == null
            ? ""
            : "line %d, column %d: "
                .formatted(notJson.getLocation().getLineNr(), notJson.getLocation().getColumnNr());
    return Type.MALFORMED_JSON.because(place + notJson.getClass().getSimpleName());
  }
}
