package dev.voiceledger.access;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.voiceledger.platform.StrictJwt;
import java.util.Optional;
import java.util.UUID;

/** From the claims of a user token that was verified to the caller whom the database is told. */
final class UserClaims {
  /** In a claim, the database could not read it as jsonb. */
  private static final String NUL = "\\u0000";

  private UserClaims() {}

  /** A webhook's token has a sha256 and is no API token; {@code anon} is nobody. */
  static Optional<Caller> caller(StrictJwt verified) {
    JsonNode claims = verified.claims();
    String role = verified.text("role");
    if (claims.has("sha256") || role == null || claims.toString().contains(NUL)) {
      return Optional.empty();
    }
    return switch (role) {
      case "service_role" -> Optional.of(Caller.service(withoutSubject(claims)));
      case "authenticated", "admin" -> person(claims, verified.text("sub"));
      default -> Optional.empty();
    };
  }

  /** A uuid may be written in capitals; the database and our own comparisons know one form. */
  private static Optional<Caller> person(JsonNode claims, String subject) {
    return isUuid(subject)
        ? Optional.of(
            Caller.user(claims.toString(), UUID.fromString(subject).toString(), isAdmin(claims)))
        : Optional.empty();
  }

  /** A service is nobody's user, whatever its token names. */
  private static String withoutSubject(JsonNode claims) {
    return ((ObjectNode) claims.deepCopy()).without("sub").toString();
  }

  private static boolean isAdmin(JsonNode claims) {
    return "admin".equals(claims.path("role").textValue())
        || "admin".equals(claims.path("app_metadata").path("role").textValue());
  }

  /** Written in full: Java would read {@code 1-1-1-1-1} as one too. */
  static boolean isUuid(String text) {
    try {
      return text != null && UUID.fromString(text).toString().equalsIgnoreCase(text);
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
