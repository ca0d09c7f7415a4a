package dev.voiceledger.platform;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.voiceledger.platform.Problem.FieldError;
import dev.voiceledger.platform.Problem.Type;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * The fields of a JSON object that somebody sent. Reads what is asked for within its bounds and
 * gathers what is wrong, so that the sender is told everything at once: {@link #done}. A field that
 * is null counts as not given, but for {@link #given}.
 */
public final class Fields {
  private static final int OTHERS_TOLD_MAX = 20;
  private static final int TIME_CHARACTERS_MAX = 64;
  private final JsonNode object;
  private final String path;
  private final List<FieldError> errors;
  private final Set<String> known = new HashSet<>();

  private Fields(JsonNode object, String path, List<FieldError> errors) {
    this.object = object;
    this.path = path;
    this.errors = errors;
  }

  /**
   * The fields of a body.
   *
   * @param body UTF-8; null or empty counts as an object without fields
   * @throws ProblemException malformed-json where it is no JSON, invalid-fields where no object
   */
  public static Fields of(byte[] body) {
    JsonNode json =
        body == null || body.length == 0
            ? JsonNodeFactory.instance.objectNode()
            : JsonBody.parse(body);
    if (!json.isObject()) {
      throw Type.INVALID_FIELDS.at("", "a JSON object");
    }
    return new Fields(json, "", new ArrayList<>());
  }

  /** Whether the field is there, be it as null. */
  public boolean given(String name) {
    known.add(name);
    return object.has(name);
  }

  /** Text of some length; what PostgreSQL cannot hold is refused. */
  public String text(String name, int charactersMax) {
    JsonNode value = value(name);
    if (value == null) {
      return null;
    }
    if (!value.isTextual() || value.textValue().length() > charactersMax) {
      return wrong(name, "text of at most " + charactersMax + " characters");
    }
    return Storable.is(value.textValue()) ? value.textValue() : wrong(name, Storable.TEXT);
  }

  /** A name as LiveKit takes it, whose bounds are in bytes of UTF-8. */
  public String name(String name, int bytesMax) {
    String text = text(name, bytesMax);
    return text != null && text.getBytes(UTF_8).length > bytesMax
        ? wrong(name, "text of at most " + bytesMax + " bytes in UTF-8")
        : text;
  }

  /** One of a few words. */
  public String word(String name, Set<String> words) {
    String word = text(name, 1_000);
    if (word != null && !words.contains(word)) {
      return wrong(name, "one of " + String.join(", ", words.stream().sorted().toList()));
    }
    return word;
  }

  /** A whole number within bounds. */
  public Integer integer(String name, int min, int max) {
    JsonNode value = value(name);
    boolean fits =
        value != null
            && value.isIntegralNumber()
            && value.canConvertToInt()
            && value.intValue() >= min
            && value.intValue() <= max;
    if (value == null || fits) {
      return value == null ? null : (Integer) value.intValue();
    }
    return wrong(name, "a whole number from " + min + " to " + max);
  }

  /** True or false. */
  public boolean flag(String name, boolean otherwise) {
    JsonNode value = value(name);
    if (value != null && !value.isBoolean()) {
      wrong(name, "true or false");
    }
    return value == null ? otherwise : value.booleanValue();
  }

  /** A decimal number from 0, rounded half up. */
  public BigDecimal decimal(String name, BigDecimal max, int digits) {
    JsonNode value = value(name);
    if (value == null) {
      return null;
    }
    BigDecimal number = value.isNumber() && Storable.is(value) ? value.decimalValue() : null;
    return number != null && number.signum() >= 0 && number.compareTo(max) <= 0
        ? number.setScale(digits, RoundingMode.HALF_UP)
        : wrong(name, "a number from 0 to " + max);
  }

  /** A time as RFC 3339 has it. */
  public Instant time(String name) {
    String given = text(name, TIME_CHARACTERS_MAX);
    try {
      return given == null ? null : Parameters.time(name, given).toInstant();
    } catch (ProblemException notOne) {
      return wrong(name, "a time such as 2026-11-23T12:00:00Z");
    }
  }

  /** Whether something was wrong with it before. */
  public boolean isWrong(String name) {
    return errors.stream().anyMatch(error -> error.pointer().equals(path + "/" + name));
  }

  /** A uuid in its usual form. */
  public UUID uuid(String name) {
    JsonNode value = value(name);
    UUID id = value == null ? null : uuid(value);
    return value != null && id == null ? wrong(name, "a uuid") : id;
  }

  private static UUID uuid(JsonNode value) {
    try {
      UUID id = value.isTextual() ? UUID.fromString(value.textValue()) : null;
      return id != null && id.toString().equalsIgnoreCase(value.textValue()) ? id : null;
    } catch (IllegalArgumentException notOne) {
      return null;
    }
  }

  /** A list of different uuids. */
  public List<UUID> uuids(String name, int max) {
    JsonNode value = value(name);
    if (value == null) {
      return null;
    }
    Set<UUID> ids = new LinkedHashSet<>();
    value.forEach(one -> ids.add(uuid(one)));
    return value.isArray() && value.size() <= max && !ids.contains(null)
        ? List.copyOf(ids)
        : wrong(name, "a list of at most " + max + " uuids");
  }

  /** A JSON object to be stored as it is. */
  public JsonNode json(String name, int charactersMax) {
    JsonNode value = value(name);
    if (value == null) {
      return null;
    }
    if (!value.isObject() || value.toString().length() > charactersMax) {
      return wrong(name, "a JSON object of at most " + charactersMax + " characters");
    }
    String place = Storable.wrongPlace(value);
    return place == null ? value : wrong(name + place, Storable.JSON);
  }

  /** The fields of an object within; null where it is not given. */
  public Fields object(String name) {
    JsonNode value = value(name);
    if (value == null || value.isObject()) {
      return value == null
          ? null
          : new Fields(value, path + "/" + Storable.inPointer(name), errors);
    }
    return wrong(name, "a JSON object");
  }

  /** The fields of each object of a list within; empty where it is not given. */
  public List<Fields> objects(String name, int max) {
    JsonNode value = value(name);
    List<Fields> all = new ArrayList<>();
    if (value == null) {
      return all;
    }
    if (!value.isArray() || value.size() > max) {
      wrong(name, "a list of at most " + max + " objects");
      return all;
    }
    for (int i = 0; i < value.size(); i++) {
      if (!value.get(i).isObject()) {
        wrong(name + "/" + i, "a JSON object");
      } else {
        all.add(new Fields(value.get(i), path + "/" + Storable.inPointer(name) + "/" + i, errors));
      }
    }
    return all;
  }

  /** Says that a field is wrong; answers null in its place. */
  public <T> T wrong(String name, String detail) {
    errors.add(new FieldError(path + "/" + name, detail));
    return null;
  }

  /** Every field that nobody asked for is wrong. */
  public Fields andNoOther() {
    object
        .fieldNames()
        .forEachRemaining(name -> {
          if (!known.contains(name) && errors.size() < OTHERS_TOLD_MAX) {
            errors.add(
                new FieldError(
                    path + "/" + Storable.inPointer(name), "not a field that can be set here"));
          }
        });
    return this;
  }

  /** Everything was asked for. Fails with invalid-fields where something was wrong. */
  public void done() {
    if (!errors.isEmpty()) {
      throw Type.INVALID_FIELDS.at(errors);
    }
  }

  private JsonNode value(String name) {
    known.add(name);
    JsonNode value = object.get(name);
    return value == null || value.isNull() ? null : value;
  }
}
