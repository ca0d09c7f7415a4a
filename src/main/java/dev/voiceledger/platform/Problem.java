package dev.voiceledger.platform;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;

/**
 * An answer that is not what was asked for, as RFC 9457 wants it.
 *
 * @param type {@code urn:voiceledger:problem:…}, stable
 * @param title of the type, for people
 * @param status of the HTTP answer
 * @param detail what to change, safe to show; null where the title says it all
 * @param errors one for each bad field; null where none is
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Problem(
    String type, String title, int status, String detail, List<FieldError> errors) {
  /** The media type of every problem. */
  public static final String MEDIA_TYPE = "application/problem+json";

  /**
   * What is wrong with one field.
   *
   * @param pointer RFC 6901, into the body, or the parameter's name
   */
  public record FieldError(String pointer, String detail) {}

  /** The same on its way to the one place that answers. */
  public ProblemException asException() {
    return new ProblemException(this);
  }

  /** All types there are. Clients may rely on the names. */
  public enum Type {
    UNAUTHORIZED(401, "unauthorized", "No valid credentials"),
    FORBIDDEN(403, "forbidden", "Not for callers of this kind"),
    NOT_FOUND(404, "not-found", "There is nothing here"),
    CALL_NOT_FOUND(404, "call-not-found", "There is no such call"),
    METHOD_NOT_ALLOWED(405, "method-not-allowed", "Not with this method"),
    NOT_ACCEPTABLE(406, "not-acceptable", "Not in this format"),
    UNSUPPORTED_MEDIA_TYPE(415, "unsupported-media-type", "Not in this media type"),
    MALFORMED_JSON(400, "malformed-json", "The body is not JSON"),
    INVALID_FIELDS(400, "invalid-fields", "Some fields are not valid"),
    CONFLICT(409, "conflict", "Another request is in the way"),
    BODY_TOO_LARGE(413, "body-too-large", "The body is too large"),
    TOO_MANY_REQUESTS(429, "too-many-requests", "Too many requests"),
    LIVEKIT_UNAVAILABLE(502, "livekit-unavailable", "LiveKit does not answer"),
    OVERLOADED(503, "overloaded", "More than can be taken now"),
    DATABASE_UNAVAILABLE(503, "database-unavailable", "The database does not answer"),
    INTERNAL(500, "internal", "Our fault");

    private final int status;
    private final String name;
    private final String title;

    Type(int status, String name, String title) {
      this.status = status;
      this.name = name;
      this.title = title;
    }

    public int status() {
      return status;
    }

    /** Whether a failure is a problem of this type. */
    public boolean isTypeOf(Throwable failure) {
      return failure instanceof ProblemException known
          && known.problem().type().endsWith(":" + name);
    }

    /** A problem of this type. */
    public Problem with(String detail) {
      return new Problem("urn:voiceledger:problem:" + name, title, status, detail, null);
    }

    /** The same as an exception, for the one place that answers. */
    public ProblemException because(String detail) {
      return new ProblemException(with(detail));
    }

    /** A problem with one field or parameter. */
    public ProblemException at(String pointer, String detail) {
      return at(List.of(new FieldError(pointer, detail)));
    }

    /** A problem with some fields or parameters. */
    public ProblemException at(List<FieldError> errors) {
      return new ProblemException(
          new Problem("urn:voiceledger:problem:" + name, title, status, null, errors));
    }
  }
}
