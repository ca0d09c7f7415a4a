package dev.voiceledger.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.OperatingSystemMXBean;
import dev.voiceledger.FreshDatabase;
import dev.voiceledger.webhook.Webhooks;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.security.PublicKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jose4j.jwk.JsonWebKey.OutputControlLevel;
import org.jose4j.jwk.PublicJsonWebKey;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Forged tokens where user tokens are under a key set: no key but those of the set counts. */
@QuarkusTest
@WithTestResource(KeySetInstallation.class)
class KeySetTokensTest {
  private static final long CPU_MS_MAX = 50;
  private static final PublicJsonWebKey RSA = SignedTokens.pair("RS256", "rsa");
  private static final PublicJsonWebKey EC = SignedTokens.pair("ES256", "ec");
  private static final PublicJsonWebKey ED = SignedTokens.pair("EdDSA", "ed");
  private static final PublicJsonWebKey OWN = SignedTokens.pair("RS256", "rsa");

  KeySetDouble provider;

  @BeforeEach
  void publish() throws InterruptedException {
    provider.publishes(List.of(RSA, EC, ED));
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(40);
    while (status(token(RSA)) != 200 && System.nanoTime() < deadline) {
      Thread.sleep(500); // the set was fetched at the start, before there was anything in it
    }
  }

  private static int status(String token) {
    return Tokens.bearer(token).get("/asking/who").statusCode();
  }

  private static String token(PublicJsonWebKey pair) {
    return SignedTokens.user(pair, Instant.now());
  }

  private static String claims() {
    return Tokens.userClaims(c -> {});
  }

  private static String join(String header, String claims, String signature) {
    return UnfitUserTokens.base64(header) + "." + UnfitUserTokens.base64(claims) + "." + signature;
  }

  /** The published key, in a spelling that a careless verifier takes for a secret. */
  private static Map<String, String> confusions() {
    PublicKey key = RSA.getPublicKey();
    String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(key.getEncoded());
    String pem = "-----BEGIN PUBLIC KEY-----\n" + base64 + "\n-----END PUBLIC KEY-----";
    Map<String, String> all = new LinkedHashMap<>();
    for (String header : List.of("{\"alg\":\"HS256\"}", "{\"alg\":\"HS256\",\"kid\":\"rsa\"}")) {
      all.put("PEM " + header, Webhooks.jwt(header, claims(), pem));
      all.put("PEM and a line end " + header, Webhooks.jwt(header, claims(), pem + "\n"));
      String json = RSA.toJson(OutputControlLevel.PUBLIC_ONLY);
      all.put("JWK " + header, Webhooks.jwt(header, claims(), json));
      String latin = new String(key.getEncoded(), StandardCharsets.ISO_8859_1);
      all.put("DER " + header, Webhooks.jwt(header, claims(), latin));
      all.put("users' secret " + header, Webhooks.jwt(header, claims(), FreshDatabase.JWT_SECRET));
    }
    return all;
  }

  /** Signed by the stranger, each with a way to the stranger's key. */
  private static Map<String, String> ownKeys(String url) {
    Map<String, String> all = new LinkedHashMap<>();
    String jwk = OWN.toJson(OutputControlLevel.PUBLIC_ONLY);
    for (String field :
        List.of(
            "\"jku\":\"" + url + "\"",
            "\"jku\":\"" + url + "\",\"kid\":\"rsa\"",
            "\"jku\":\"" + url + "\",\"kid\":\"unknown\"",
            "\"x5u\":\"" + url + "\"",
            "\"jwk\":" + jwk,
            "\"jwk\":" + jwk + ",\"kid\":\"rsa\"",
            "\"x5c\":[\"MIIB\"]",
            "\"kid\":\"" + url + "\"",
            "\"kid\":\"../../../../../../dev/null\"",
            "\"kid\":\"' or 1=1 --\"",
            "\"kid\":\"rsa\\u0000\"",
            "\"kid\":7",
            "\"kid\":null",
            "\"kid\":{\"a\":1}")) {
      all.put(field, SignedTokens.signedBy(OWN, "{\"alg\":\"RS256\"," + field + "}", claims()));
    }
    all.put("the stranger's key by its name", token(OWN));
    all.put("no kid", SignedTokens.signed(OWN, null, claims()));
    return all;
  }

  private static Map<String, String> signatures() {
    Map<String, String> all = new LinkedHashMap<>();
    for (int length : new int[] {0, 1, 63, 64, 65, 96}) {
      String zeros = Base64.getUrlEncoder().withoutPadding().encodeToString(new byte[length]);
      all.put(
          "ES256 of " + length + " zeros",
          join("{\"alg\":\"ES256\",\"kid\":\"ec\"}", claims(), zeros));
      all.put(
          "EdDSA of " + length + " zeros",
          join("{\"alg\":\"EdDSA\",\"kid\":\"ed\"}", claims(), zeros));
    }
    String zeros = Base64.getUrlEncoder().withoutPadding().encodeToString(new byte[256]);
    all.put("RS256 of zeros", join("{\"alg\":\"RS256\",\"kid\":\"rsa\"}", claims(), zeros));
    all.put("none", join("{\"alg\":\"none\",\"kid\":\"rsa\"}", claims(), ""));
    for (String algorithm : List.of("RS384", "PS256", "ES384", "HS512", "RSA-OAEP", "dir")) {
      String header = "{\"alg\":\"" + algorithm + "\",\"kid\":\"rsa\"}";
      all.put(algorithm, SignedTokens.signedBy(RSA, header, claims()));
    }
    all.put(
        "another's kid",
        SignedTokens.signedBy(RSA, "{\"alg\":\"RS256\",\"kid\":\"ec\"}", claims()));
    String good = token(RSA);
    all.put("cut", good.substring(0, good.length() - 4));
    all.put("with the claims of another", swapped(good, token(RSA)));
    String unsigned =
        UnfitUserTokens.base64("{\"alg\":\"RS256\",\"b64\":false,\"crit\":[\"b64\"]}");
    all.put("crit", unsigned + good.substring(good.indexOf('.')));
    return all;
  }

  private static String swapped(String one, String other) {
    return other.substring(0, other.lastIndexOf('.')) + one.substring(one.lastIndexOf('.'));
  }

  @Test
  void the_keys_of_the_set_count() {
    for (PublicJsonWebKey pair : List.of(RSA, EC, ED)) {
      assertEquals(200, status(token(pair)), pair.getAlgorithm());
      assertEquals(200, status(SignedTokens.signed(pair, null, claims())), "without a kid");
    }
  }

  @Test
  void and_no_others() {
    try (KeySetDouble stranger = new KeySetDouble()) {
      stranger.publishes(List.of(OWN));
      Map<String, String> forged = new LinkedHashMap<>(confusions());
      forged.putAll(ownKeys(stranger.url()));
      forged.putAll(signatures());
      UnfitUserTokens.all().forEach((flaw, token) -> forged.put("secret: " + flaw, token));
      assertTrue(forged.size() > 120, () -> "only " + forged.size());
      assertRefused(forged);
      assertEquals(0, stranger.fetches(), "somebody's own key set was asked");
    }
  }

  private static void assertRefused(Map<String, String> forged) {
    OperatingSystemMXBean process =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    List<String> taken = new ArrayList<>();
    long before = process.getProcessCpuTime();
    forged.forEach((flaw, token) -> {
      if (status(token) != 401) {
        taken.add(flaw);
      }
    });
    long spent = TimeUnit.NANOSECONDS.toMillis(process.getProcessCpuTime() - before);
    assertEquals(List.of(), taken);
    assertTrue(spent / forged.size() < CPU_MS_MAX, () -> spent + " ms for " + forged.size());
  }
}
