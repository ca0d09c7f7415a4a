package dev.voiceledger.webhook;

import static dev.voiceledger.FreshDatabase.JWT_SECRET;
import static dev.voiceledger.FreshDatabase.LIVEKIT_API_KEY;
import static dev.voiceledger.FreshDatabase.LIVEKIT_API_SECRET;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * What a LiveKit server would never send with this body, each under the reason why it is unfit: the
 * values of its Authorization headers. All but the named flaw is as it should be.
 */
final class Forgeries {
  static final String HEADER = "{\"alg\":\"HS256\",\"typ\":\"JWT\"}";
  private static final String OTHER_SECRET = "a-secret-that-no-server-of-ours-has-0123456789";

  private final byte[] body;
  private final long now;
  private final Map<String, List<String>> all = new LinkedHashMap<>();

  private Forgeries(byte[] body, long now) {
    this.body = body;
    this.now = now;
  }

  static Map<String, List<String>> of(byte[] body, long now) {
    Forgeries forgeries = new Forgeries(body, now);
    forgeries.algorithms();
    forgeries.keys();
    forgeries.times();
    forgeries.lives();
    forgeries.digests();
    forgeries.otherTokens();
    forgeries.headers();
    forgeries.all.putAll(MisshapenTokens.of(forgeries.claims(c -> {})));
    return forgeries.all;
  }

  /** A token that is fit. */
  static String good(byte[] body, long now) {
    return new Forgeries(body, now).signed(claims -> {});
  }

  /** A token that is fit but for a change of its claims, signed as it should be. */
  static String with(byte[] body, long now, Consumer<ObjectNode> change) {
    return new Forgeries(body, now).signed(change);
  }

  private String claims(Consumer<ObjectNode> change) {
    ObjectNode claims = Webhooks.JSON.createObjectNode();
    claims.put("iss", LIVEKIT_API_KEY).put("nbf", now).put("exp", now + 300);
    claims.put("sha256", Base64.getEncoder().encodeToString(Webhooks.sha256(body)));
    change.accept(claims);
    return claims.toString();
  }

  private String signed(Consumer<ObjectNode> change) {
    return Webhooks.jwt(HEADER, claims(change), LIVEKIT_API_SECRET);
  }

  private void add(String flaw, String... authorization) {
    all.put(flaw, List.of(authorization));
  }

  private void claim(String flaw, Consumer<ObjectNode> change) {
    add(flaw, signed(change));
  }

  private void header(String flaw, String header) {
    add(flaw, Webhooks.jwt(header, claims(c -> {}), LIVEKIT_API_SECRET));
  }

  private void algorithms() {
    for (String none : List.of("none", "None", "NONE", "nOnE", "")) {
      String header = "{\"alg\":\"" + none + "\",\"typ\":\"JWT\"}";
      String token = Webhooks.jwt(header, claims(c -> {}), LIVEKIT_API_SECRET);
      add("alg '" + none + "', signed nevertheless", token);
      add("alg '" + none + "', no signature", token.substring(0, token.lastIndexOf('.') + 1));
    }
    header("no alg", "{\"typ\":\"JWT\"}");
    header("alg null", "{\"alg\":null}");
    header("alg a list", "{\"alg\":[\"HS256\"]}");
    header("alg in small letters", "{\"alg\":\"hs256\"}");
    header("alg with a space", "{\"alg\":\"HS256 \"}");
    header("an RS256 header over an HMAC", "{\"alg\":\"RS256\",\"typ\":\"JWT\"}");
    header("an ES256 header over an HMAC", "{\"alg\":\"ES256\",\"typ\":\"JWT\"}");
    header("crit", "{\"alg\":\"HS256\",\"crit\":[\"exp\"],\"exp\":1}");
    header("crit null", "{\"alg\":\"HS256\",\"crit\":null}");
    add("HS384", other("HS384", "HmacSHA384"));
    add("HS512", other("HS512", "HmacSHA512"));
    add("an HS256 header over a longer HMAC", other("HS256", "HmacSHA384"));
  }

  private String other(String name, String algorithm) {
    String header = "{\"alg\":\"" + name + "\",\"typ\":\"JWT\"}";
    String content =
        Webhooks.base64Url(header.getBytes(UTF_8))
            + "."
            + Webhooks.base64Url(claims(c -> {}).getBytes(UTF_8));
    return content
        + "."
        + Webhooks.base64Url(Webhooks.hmac(algorithm, content, LIVEKIT_API_SECRET));
  }

  private void keys() {
    add("a wrong secret", Webhooks.jwt(HEADER, claims(c -> {}), OTHER_SECRET));
    add("the secret of another key", Webhooks.jwt(HEADER, claims(c -> {}), Hostile.SECOND_SECRET));
    add("the key's name for its secret", Webhooks.jwt(HEADER, claims(c -> {}), LIVEKIT_API_KEY));
    String brought = Webhooks.base64Url(OTHER_SECRET.getBytes(UTF_8));
    add(
        "a key that the token brings along",
        Webhooks.jwt(
            "{\"alg\":\"HS256\",\"jwk\":{\"kty\":\"oct\",\"k\":\"" + brought + "\"}}",
            claims(c -> {}),
            OTHER_SECRET));
    claim("no iss", c -> c.remove("iss"));
    claim("iss null", c -> c.putNull("iss"));
    claim("iss unknown", c -> c.put("iss", "APIunknown"));
    claim("iss empty", c -> c.put("iss", ""));
    claim("iss with a space", c -> c.put("iss", LIVEKIT_API_KEY + " "));
    claim("iss in small letters", c -> c.put("iss", LIVEKIT_API_KEY.toLowerCase()));
    claim("iss a list", c -> c.putArray("iss").add(LIVEKIT_API_KEY));
    claim("iss of another key", c -> c.put("iss", Hostile.SECOND_KEY));
  }

  private void times() {
    claim("no exp", c -> c.remove("exp"));
    claim("exp null", c -> c.putNull("exp"));
    claim("exp a text", c -> c.put("exp", Long.toString(now + 300)));
    claim("exp a fraction", c -> c.put("exp", now + 300.5));
    claim("exp a list", c -> c.putArray("exp").add(now + 300));
    claim("exp negative", c -> c.put("exp", -(now + 300)));
    claim("exp 0", c -> c.put("exp", 0));
    claim("exp true", c -> c.put("exp", true));
    claim("expired 61 s ago", c -> c.put("exp", now - 61));
    claim("expired an hour ago", c -> c.put("exp", now - 3600));
    claim("nbf in 90 s", c -> c.put("nbf", now + 90));
    claim("nbf null", c -> c.putNull("nbf"));
    claim("nbf a text", c -> c.put("nbf", Long.toString(now)));
    claim("nbf a fraction", c -> c.put("nbf", now + 0.5));
    claim("nbf beyond 64 bits", c -> c.put("nbf", new java.math.BigInteger("9".repeat(30))));
  }

  private void lives() {
    claim("exp beyond 64 bits", c -> c.put("exp", new java.math.BigInteger("9".repeat(30))));
    claim("exp beyond every parser", c -> c.put("exp", new java.math.BigInteger("9".repeat(1100))));
    claim("exp the last second of 64 bits", c -> c.put("exp", Long.MAX_VALUE));
    claim("exp in ten years", c -> c.put("exp", now + 10L * 365 * 86_400));
    claim("exp in milliseconds", c -> c.put("exp", (now + 300) * 1000));
  }

  private void digests() {
    byte[] digest = Webhooks.sha256(body);
    String base64 = Base64.getEncoder().encodeToString(digest);
    claim("no sha256", c -> c.remove("sha256"));
    claim("sha256 null", c -> c.putNull("sha256"));
    claim("sha256 empty", c -> c.put("sha256", ""));
    claim("sha256 a number", c -> c.put("sha256", 1));
    claim("sha256 a list", c -> c.putArray("sha256").add(base64));
    claim("sha256 in hex", c -> c.put("sha256", HexFormat.of().formatHex(digest)));
    String urlSafe = Base64.getUrlEncoder().encodeToString(digest);
    if (!urlSafe.equals(Base64.getEncoder().encodeToString(digest))) { // most digests have + or /
      claim("sha256 url-safe", c -> c.put("sha256", urlSafe));
    }
    claim("sha256 without padding", c -> c.put("sha256", base64.replace("=", "")));
    claim("sha256 with a newline", c -> c.put("sha256", base64 + "\n"));
    claim("sha256 with more after it", c -> c.put("sha256", base64 + base64));
    claim("sha256 cut", c -> c.put("sha256", base64.substring(0, 20)));
    claim("sha256 of an empty body", c -> c.put("sha256", base64(new byte[0])));
    claim("sha256 of another body", c -> c.put("sha256", base64("{}".getBytes(UTF_8))));
    claim("SHA256 for a name", c -> c.set("SHA256", c.remove("sha256")));
  }

  private static String base64(byte[] body) {
    return Base64.getEncoder().encodeToString(Webhooks.sha256(body));
  }

  private void otherTokens() {
    Consumer<ObjectNode> join =
        c -> c.put("sub", "someone").putObject("video").put("roomJoin", true).put("room", "lobby");
    claim("a join token", join.andThen(c -> c.remove("sha256")));
    claim("a join token with a sha256", join);
    claim("a grant and a sha256", join.andThen(c -> c.remove("sub")));
    claim("a subject and a sha256", c -> c.put("sub", "someone"));
    claim("a subject that is no text", c -> c.put("sub", 7));
    claim("a grant that is no object", c -> c.put("video", true));
    claim("a SIP grant", c -> c.putObject("sip").put("admin", true));
    Consumer<ObjectNode> user =
        c -> c.put("role", "service_role").put("sub", "11111111-1111-4111-8111-111111111111");
    add("a user's token", Webhooks.jwt(HEADER, claims(user), JWT_SECRET));
    add("a service's token", Webhooks.jwt(HEADER, claims(c -> c.put("role", "x")), JWT_SECRET));
  }

  private void headers() {
    String good = signed(c -> {});
    all.put("no header", List.of());
    add("the header twice", good, good);
    add("a good header and a bad one", good, "nonsense");
    add("a bad header and a good one", "nonsense", good);
    add("an empty header", "");
    add("Bearer", "Bearer " + good);
    add("bearer", "bearer " + good);
    add("JWT", "JWT " + good);
    add("Basic", "Basic " + Base64.getEncoder().encodeToString(("user:" + good).getBytes(UTF_8)));
    add("two in one header", good + ", " + good);
    add("a semicolon", good + ";");
    add("quoted", "\"" + good + "\"");
    add("with more than a token", signed(c -> c.put("more", "x".repeat(4096))));
  }
}
