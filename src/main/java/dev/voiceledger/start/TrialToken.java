package dev.voiceledger.start;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Locale;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * A user token to try things with, signed with the service's own secret as Supabase would. Written
 * by hand, without Quarkus, so that the command answers at once.
 */
final class TrialToken {
  static final Duration LIFE = Duration.ofHours(12);
  private static final String USAGE = "usage: token user|admin|service [uuid]";

  private final Settings settings;
  private final String secret;

  TrialToken(Settings settings, String secret) {
    this.settings = settings;
    this.secret = secret;
  }

  /**
   * The token that the command line asks for.
   *
   * @throws Refusal when it asks amiss, or when there is no secret to sign with
   */
  static String of(Settings settings, String... words) {
    if (words.length < 1 || words.length > 2) {
      throw new Refusal(USAGE);
    }
    role(words[0]);
    String subject = words.length == 2 ? uuid(words[1]) : UUID.randomUUID().toString();
    return new TrialToken(settings, secret(settings)).of(words[0], subject);
  }

  /** A token of this kind for somebody new. */
  String of(String kind) {
    return of(kind, UUID.randomUUID().toString());
  }

  String of(String kind, String subject) {
    return signed(claims(kind, subject));
  }

  private static String uuid(String written) {
    try {
      return UUID.fromString(written).toString();
    } catch (IllegalArgumentException _) {
      throw new Refusal(written + " is no uuid; " + USAGE);
    }
  }

  private static String secret(Settings settings) {
    settings.check();
    if (settings.get("JWT_JWKS_URL").isPresent()) {
      throw new Refusal("With JWT_JWKS_URL tokens come from whoever holds the keys, not from here");
    }
    String kept =
        new DataDirectory(settings.dataDirectory()).existingSecret(DataDirectory.JWT_SECRET);
    String secret = settings.jwtSecret().orElse(kept);
    if (secret == null) {
      throw new Refusal(
          "No secret in "
              + settings.dataDirectory().toAbsolutePath().normalize()
              + ": run the service from here, or set VOICELEDGER_DATA_DIR or JWT_SECRET");
    }
    return secret;
  }

  private String claims(String kind, String subject) {
    long now = Instant.now().getEpochSecond();
    String claims = "{\"role\":\"%s\",\"iat\":%d,\"exp\":%d";
    StringBuilder text =
        new StringBuilder(
            String.format(Locale.ROOT, claims, role(kind), now, now + LIFE.toSeconds()));
    if (!kind.equals("service")) {
      text.append(",\"sub\":\"" + subject + "\"");
    }
    settings.get("JWT_ISSUER").ifPresent(issuer -> text.append(",\"iss\":" + quoted(issuer)));
    settings.get("JWT_AUDIENCE").ifPresent(name -> text.append(",\"aud\":" + quoted(name)));
    return text.append('}').toString();
  }

  private static String role(String kind) {
    return switch (kind) {
      case "user" -> "authenticated";
      case "admin" -> "admin";
      case "service" -> "service_role";
      default -> throw new Refusal(USAGE);
    };
  }

  private static String quoted(String text) {
    return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
  }

  private String signed(String claims) {
    String content = base64("{\"alg\":\"HS256\",\"typ\":\"JWT\"}") + "." + base64(claims);
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      return content + "." + base64(mac.doFinal(content.getBytes(StandardCharsets.US_ASCII)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has HmacSHA256", e);
    }
  }

  private static String base64(String text) {
    return base64(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String base64(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
