package dev.voiceledger.platform;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.voiceledger.platform.Problem.Type;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;

/** Bytes that somebody sent, as JSON; strict, and numbers to the last digit. */
final class JsonBody {
  /**
   * Of all values and names of a body. A small one takes some fifty bytes as part of a tree, which
   * is built before anybody counts; 500 messages with hundreds of fields each have fewer.
   */
  private static final int TOKENS_MAX = 250_000;

  private static final JsonMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxTokenCount(TOKENS_MAX).build())
                  .build())
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .build();

  private JsonBody() {}

  /** From bytes, Jackson would guess at UTF-16 and skip a byte order mark. */
  static JsonNode parse(byte[] body) {
    try {
      JsonNode json = JSON.readTree(UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString());
      return json.isMissingNode() ? JSON.createObjectNode() : json;
    } catch (CharacterCodingException notUtf8) {
      throw Type.MALFORMED_JSON.because("the body is not UTF-8");
    } catch (StreamConstraintsException tooMuch) {
      throw Type.MALFORMED_JSON.because(
          "more than " + TOKENS_MAX + " values and names, too deep, or too long a number or name");
    } catch (JsonProcessingException notJson) {
      String place = notJson.getLocation() == null ? "" : place(notJson);
      throw Type.MALFORMED_JSON.because(place + notJson.getClass().getSimpleName());
    } catch (NumberFormatException absurd) { // an exponent of ten digits, which no decimal holds
      throw Type.MALFORMED_JSON.because("a number is out of all bounds");
    }
  }

  private static String place(JsonProcessingException notJson) {
    return "line "
        + notJson.getLocation().getLineNr()
        + ", column "
        + notJson.getLocation().getColumnNr()
        + ": ";
  }
}
