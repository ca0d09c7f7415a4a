package dev.voiceledger.access;

import static dev.voiceledger.FreshDatabase.JWT_SECRET;
import static dev.voiceledger.FreshDatabase.LIVEKIT_API_KEY;
import static dev.voiceledger.FreshDatabase.LIVEKIT_API_SECRET;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.voiceledger.webhook.LiveKitSender;
import dev.voiceledger.webhook.Webhooks;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Tokens that stand for nobody where user tokens are under one secret, each by its flaw; all but
 * that is as it should be.
 */
final class UnfitUserTokens {
  static final String OTHER_SECRET = "a-secret-that-no-service-of-ours-has-0123456789";

  private final Map<String, String> all = new LinkedHashMap<>();

  private UnfitUserTokens() {}

  static Map<String, String> all() {
    UnfitUserTokens tokens = new UnfitUserTokens();
    tokens.claims();
    tokens.times();
    tokens.headers();
    tokens.shapes();
    tokens.encrypted();
    tokens.joins();
    return tokens.all;
  }

  private void claim(String flaw, Consumer<ObjectNode> change) {
    all.put(flaw, Tokens.user(change));
  }

  private void header(String flaw, String header) {
    all.put(flaw, Webhooks.jwt(header, Tokens.userClaims(c -> {}), JWT_SECRET));
  }

  private void claims() {
    claim("no sub", c -> c.remove("sub"));
    claim("sub null", c -> c.putNull("sub"));
    claim("sub no uuid", c -> c.put("sub", "ada"));
    claim("sub a short uuid", c -> c.put("sub", "1-1-1-1-1"));
    claim("sub a number", c -> c.put("sub", 7));
    claim("sub SQL", c -> c.put("sub", "' or true --"));
    claim("an admin without sub", c -> c.put("role", "admin").remove("sub"));
    claim("no role", c -> c.remove("role"));
    claim("role null", c -> c.putNull("role"));
    claim("role a list", c -> c.putArray("role").add("service_role"));
    claim("anon", c -> c.put("role", "anon"));
    claim("a role of the database", c -> c.put("role", "postgres"));
    claim("the owner's role", c -> c.put("role", "voiceledger_owner"));
    claim("role in capitals", c -> c.put("role", "SERVICE_ROLE"));
    claim("role with a space", c -> c.put("role", "service_role "));
    claim("a sha256", c -> c.put("sha256", "x"));
    claim("a service with a sha256", c -> c.put("role", "service_role").put("sha256", "x"));
    claim("a NUL within", c -> c.put("email", "a\0b"));
  }

  private void times() {
    long now = Tokens.now();
    claim("no exp", c -> c.remove("exp"));
    claim("exp null", c -> c.putNull("exp"));
    claim("exp a text", c -> c.put("exp", "4102444800"));
    claim("exp true", c -> c.put("exp", true));
    claim("exp 0", c -> c.put("exp", 0));
    claim("exp negative", c -> c.put("exp", -1));
    claim("expired 61 s ago", c -> c.put("exp", now - 61));
    claim("expired an hour ago", c -> c.put("exp", now - 3600));
    claim("nbf in 90 s", c -> c.put("nbf", now + 90));
    claim("nbf a text", c -> c.put("nbf", "now"));
  }

  private void headers() {
    for (String algorithm : new String[] {"none", "None", "nOnE", "", "HS384", "RS256", "hs256"}) {
      header("alg " + algorithm, "{\"alg\":\"" + algorithm + "\"}");
    }
    String content = Tokens.user(c -> {});
    header("alg none, no signature", "{\"alg\":\"none\"}");
    all.computeIfPresent(
        "alg none, no signature", (k, t) -> t.substring(0, t.lastIndexOf('.') + 1));
    header("no alg", "{\"typ\":\"JWT\"}");
    header("alg a list", "{\"alg\":[\"HS256\"]}");
    header("alg twice", "{\"alg\":\"none\",\"alg\":\"HS256\"}");
    header("crit", "{\"alg\":\"HS256\",\"crit\":[\"b64\"],\"b64\":false}");
    String brought = base64(OTHER_SECRET);
    own("jwk", "\"jwk\":{\"kty\":\"oct\",\"k\":\"" + brought + "\"}");
    own("kid of a file", "\"kid\":\"../../../../dev/null\"");
    own("kid of SQL", "\"kid\":\"x' union select '" + OTHER_SECRET + "' --\"");
    all.put(
        "another secret", Webhooks.jwt(Tokens.HEADER, Tokens.userClaims(c -> {}), OTHER_SECRET));
    all.put("an empty secret", content.substring(0, content.lastIndexOf('.') + 1) + "AA");
  }

  /** Signed with the stranger's own secret, and a header that says where to find it. */
  private void own(String flaw, String field) {
    all.put(
        flaw,
        Webhooks.jwt(
            "{\"alg\":\"HS256\"," + field + "}", Tokens.userClaims(c -> {}), OTHER_SECRET));
  }

  private void shapes() {
    String good = Tokens.user(c -> {});
    String[] parts = good.split("\\.");
    all.put("two parts", parts[0] + "." + parts[1]);
    all.put("four parts", good + "." + parts[2]);
    all.put("a dot after", good + ".");
    all.put("no signature", parts[0] + "." + parts[1] + ".");
    all.put("padded", good + "=");
    all.put("only dots", "..");
    all.put("a word", "null");
    all.put("10,000 dots", ".".repeat(10_000));
    all.put("18,000 letters", "x".repeat(18_000));
    all.put("deep claims", Webhooks.jwt(Tokens.HEADER, "{\"a\":".repeat(1_500), JWT_SECRET));
    all.put("a list of claims", Webhooks.jwt(Tokens.HEADER, "[1]", JWT_SECRET));
    all.put("cut", good.substring(0, good.length() - 4));
    all.put("another payload", parts[0] + "." + base64("{\"role\":\"admin\"}") + "." + parts[2]);
  }

  /** Keys that take a billion rounds to derive, and texts that unpack to gigabytes. */
  private void encrypted() {
    String rounds =
        "{\"alg\":\"PBES2-HS256+A128KW\",\"enc\":\"A128GCM\",\"p2c\":%d,\"p2s\":\"c2FsdA\"}";
    String rest = ".AAAA.AAAAAAAAAAAAAAAA.AAAA.AAAAAAAAAAAAAAAAAAAAAA";
    all.put("p2c 1e9", base64(rounds.formatted(1_000_000_000)) + rest);
    all.put("p2c in three parts", base64(rounds.formatted(1_000_000_000)) + ".e30.AAAA");
    String zipped = "{\"alg\":\"dir\",\"enc\":\"A128CBC-HS256\",\"zip\":\"DEF\"}";
    all.put("a packed one", base64(zipped) + "." + rest.substring(5) + "." + "A".repeat(8_000));
    all.put("packed, under the secret", base64(zipped) + "..AAAA.AAAA.AAAA");
  }

  private void joins() {
    join("no roomJoin", c -> c.withObject("/video").remove("roomJoin"));
    join("roomJoin false", c -> c.withObject("/video").put("roomJoin", false));
    join("roomJoin a text", c -> c.withObject("/video").put("roomJoin", "true"));
    join("no room", c -> c.withObject("/video").remove("room"));
    join("an empty room", c -> c.withObject("/video").put("room", ""));
    join("a room with NUL", c -> c.withObject("/video").put("room", "a\0"));
    join("no video", c -> c.remove("video"));
    join("only roomAdmin", c -> c.putObject("video").put("roomAdmin", true).put("room", "r"));
    join("no identity", c -> c.remove("sub"));
    join("an empty identity", c -> c.put("sub", ""));
    join("an identity with NUL", c -> c.put("sub", "a\0"));
    otherTimes();
    otherKeys();
  }

  private void otherTimes() {
    join("a join token with sha256", c -> c.put("sha256", "x"));
    join("a join token with an empty sha256", c -> c.put("sha256", ""));
    join("a join token without exp", c -> c.remove("exp"));
    join("an expired join token", c -> c.put("exp", Tokens.now() - 61));
    join("an early join token", c -> c.put("nbf", Tokens.now() + 90));
    join("a join token of milliseconds", c -> c.put("exp", (Tokens.now() + 60) * 1000));
    join("iat a text", c -> c.put("iat", "now"));
    join("iat beyond all years", c -> c.put("iat", Long.MAX_VALUE));
  }

  private void otherKeys() {
    join("call_id no uuid", c -> c.put("call_id", "1"));
    join("call_id null", c -> c.putNull("call_id"));
    join("another issuer", c -> c.put("iss", "APIother"));
    join("no issuer", c -> c.remove("iss"));
    join("a role and no grant", c -> c.put("role", "service_role").remove("video"));
    Consumer<ObjectNode> none = c -> {};
    String claims = Tokens.joinClaims("r", "ada", none);
    all.put(
        "a join token under the users' secret", Webhooks.jwt(Tokens.HEADER, claims, JWT_SECRET));
    String second = claims.replace(LIVEKIT_API_KEY, SecondKey.KEY);
    all.put("a join token of a webhook key", Webhooks.jwt(Tokens.HEADER, second, SecondKey.SECRET));
    all.put("its name with another secret", Webhooks.jwt(Tokens.HEADER, claims, SecondKey.SECRET));
    all.put("a webhook's token", LiveKitSender.sign("{}".getBytes(UTF_8)));
    all.put(
        "a user token under LiveKit's secret",
        Webhooks.jwt(Tokens.HEADER, Tokens.userClaims(none), LIVEKIT_API_SECRET));
  }

  private void join(String flaw, Consumer<ObjectNode> change) {
    all.put(flaw, Tokens.join("r", "ada", change));
  }

  static String base64(String text) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(UTF_8));
  }
}
