package dev.voiceledger.webhook;

import static dev.voiceledger.FreshDatabase.LIVEKIT_API_SECRET;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Tokens with fit claims in a form of which two parsers could think differently. */
final class MisshapenTokens {
  private final String claims;
  private final String header;
  private final String payload;
  private final String signature;
  private final Map<String, List<String>> all = new LinkedHashMap<>();

  private MisshapenTokens(String claims) {
    this.claims = claims;
    String[] parts = Webhooks.jwt(Forgeries.HEADER, claims, LIVEKIT_API_SECRET).split("\\.");
    this.header = parts[0];
    this.payload = parts[1];
    this.signature = parts[2];
  }

  static Map<String, List<String>> of(String claims) {
    MisshapenTokens tokens = new MisshapenTokens(claims);
    tokens.segments();
    tokens.base64();
    tokens.signatures();
    tokens.json();
    tokens.characters();
    return tokens.all;
  }

  private void add(String flaw, String token) {
    all.put(flaw, List.of(token));
  }

  private void add(String flaw, String newHeader, String newClaims) {
    add(flaw, Webhooks.jwt(newHeader, newClaims, LIVEKIT_API_SECRET));
  }

  /** Signed over the segments as they stand. */
  private void resigned(String flaw, String newHeader, String newPayload) {
    String content = newHeader + "." + newPayload;
    byte[] hmac = Webhooks.hmac("HmacSHA256", content, LIVEKIT_API_SECRET);
    add(flaw, content + "." + Webhooks.base64Url(hmac));
  }

  private void segments() {
    String good = header + "." + payload + "." + signature;
    add("one segment", payload);
    add("two segments", header + "." + payload);
    add("four segments", good + "." + signature);
    add("five segments, as of an encrypted token", good + "." + payload + "." + signature);
    add("a dot before", "." + good);
    add("a dot after", good + ".");
    add("only dots", "..");
    add("an empty header segment", "." + payload + "." + signature);
    add("an empty claims segment", header + ".." + signature);
    add("claims and header exchanged", payload + "." + header + "." + signature);
    add(
        "the JSON form of a token",
        "{\"protected\":\"%s\",\"payload\":\"%s\",\"signature\":\"%s\"}"
            .formatted(header, payload, signature));
  }

  private void base64() {
    byte[] json = claims.getBytes(UTF_8);
    while (json.length % 3 == 0) {
      json = (new String(json, UTF_8) + " ").getBytes(UTF_8);
    }
    String padded = Base64.getUrlEncoder().encodeToString(json);
    resigned("padded claims", header, padded);
    resigned("twice padded claims", header, padded + "==");
    resigned("a stray bit in the claims", header, stray(padded.replace("=", "")));
    resigned("the other alphabet", standardAlphabet(), payload);
    resigned("a line break in the claims", header, payload.substring(0, 20) + "\t" + payload);
    resigned("hex for base64", HexFormat.of().formatHex(Forgeries.HEADER.getBytes(UTF_8)), payload);
    add("a padded signature", header + "." + payload + "." + signature + "=");
    add("a stray bit in the signature", header + "." + payload + "." + stray(signature));
  }

  /**
   * The same bytes again to a lenient decoder: the last character carries bits that are not used.
   */
  private static String stray(String base64) {
    String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    int last = alphabet.indexOf(base64.charAt(base64.length() - 1));
    return base64.substring(0, base64.length() - 1) + alphabet.charAt(last ^ 1);
  }

  private static String standardAlphabet() {
    String text = "{\"alg\":\"HS256\",\"x\":\"???>>>\"}";
    String encoded = Base64.getEncoder().withoutPadding().encodeToString(text.getBytes(UTF_8));
    if (!encoded.matches(".*[+/].*")) {
      throw new IllegalStateException("both alphabets agree on " + encoded);
    }
    return encoded;
  }

  private void signatures() {
    String content = header + "." + payload + ".";
    byte[] right = Base64.getUrlDecoder().decode(signature);
    add("no signature", content);
    add("a signature cut by a byte", content + Webhooks.base64Url(cut(right, 31)));
    add("a signature of one byte", content + Webhooks.base64Url(cut(right, 1)));
    add("a signature with a byte more", content + Webhooks.base64Url(cut(right, 33)));
    add("a signature in hex", content + HexFormat.of().formatHex(right));
    add("a signature of zeros", content + Webhooks.base64Url(new byte[32]));
    byte[] wrong = right.clone();
    wrong[31] ^= 1;
    add("the last bit of the signature", content + Webhooks.base64Url(wrong));
    byte[] ofClaims = Webhooks.hmac("HmacSHA256", payload, LIVEKIT_API_SECRET);
    add("a signature of the claims alone", content + Webhooks.base64Url(ofClaims));
  }

  private static byte[] cut(byte[] bytes, int length) {
    return java.util.Arrays.copyOf(bytes, length);
  }

  private void json() {
    String open = claims.substring(0, claims.length() - 1);
    String good = Forgeries.HEADER;
    add("alg twice", "{\"alg\":\"none\",\"alg\":\"HS256\"}", claims);
    add("alg twice, once spelt with an escape", "{\"alg\":\"HS256\",\"\\u0061lg\":\"x\"}", claims);
    add("exp twice", good, open + ",\"exp\":4102444800}");
    add("iss twice", good, open + ",\"iss\":\"APIother\"}");
    add("sha256 twice", good, open + ",\"sha256\":\"x\"}");
    add("a key twice, deep in the claims", good, open + ",\"a\":{\"b\":1,\"b\":2}}");
    add("claims after the claims", good, claims + "{}");
    add("a header after the header", good + "{}", claims);
    add("a list of claims", good, "[" + claims + "]");
    add("a list for a header", "[" + good + "]", claims);
    add("null for a header", "null", claims);
    add("null for claims", good, "null");
    add("a text for claims", good, "\"" + claims.replace("\"", "'") + "\"");
    add("an empty object for a header", "{}", claims);
    add("an empty object for claims", good, "{}");
    add("claims cut short", good, open);
    add("a comma too many", good, open + ",}");
    add("single quotes", good.replace('"', '\''), claims);
    add("a comment", good, open + "/* */}");
    add("a depth without end", good, "{\"a\":".repeat(400));
  }

  private void characters() {
    resigned("a byte order mark in the header", url("\uFEFF" + Forgeries.HEADER), payload);
    resigned("a byte order mark in the claims", header, url("\uFEFF" + claims));
    byte[] wide = Forgeries.HEADER.getBytes(UTF_16LE);
    resigned("a header in UTF-16", Webhooks.base64Url(wide), payload);
    byte[] latin = claims.replace("}", ",\"x\":\"\u00e9\"}").getBytes(ISO_8859_1);
    resigned("claims that are no UTF-8", header, Webhooks.base64Url(latin));
    resigned("a NUL after the claims", header, url(claims + "\0"));
    resigned("a NUL in iss", header, url(claims.replace("\"iss\":\"", "\"iss\":\"\\u0000")));
    String good = header + "." + payload + "." + signature;
    add("a space within", header + ". " + payload + "." + signature);
    add("a tab within", header + "." + payload + ".\t" + signature);
    add("a letter beyond ASCII", good.replace('e', '\u00e9'));
    add("a letter beyond ASCII after it", good + "\u00ff");
    add("nothing but letters beyond ASCII", "\u00e9.\u00e9.\u00e9");
    add("percent for a letter", good.replace("e", "%65"));
    add("a list of tokens", "[\"" + good + "\"]");
  }

  private static String url(String text) {
    return Webhooks.base64Url(text.getBytes(UTF_8));
  }
}
