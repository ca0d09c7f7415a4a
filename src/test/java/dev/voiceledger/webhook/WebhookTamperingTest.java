package dev.voiceledger.webhook;

import static dev.voiceledger.FreshDatabase.LIVEKIT_API_KEY;
import static dev.voiceledger.FreshDatabase.LIVEKIT_API_SECRET;
import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.voiceledger.FreshDatabase;
import dev.voiceledger.TestDatabase;
import dev.voiceledger.platform.LiveKitKeys;
import dev.voiceledger.webhook.WebhookSignature.Claimed;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

/** A body is what was signed, byte for byte, or it is nothing. */
@QuarkusTest
@TestProfile(Hostile.class)
@WithTestResource(FreshDatabase.class)
class WebhookTamperingTest {
  private static final int BYTES_MIN = 2_000;
  private static final int POSTED_OF_BYTES = 10;
  private static final String NAME = "Grace of the tampered call";

  TestDatabase database;

  @TestHTTPResource URI base;

  private static byte[] body() {
    long now = Instant.now().getEpochSecond();
    Webhooks joined =
        Webhooks.participant(
            "participant_joined", "RM_tampered", "tampered", "PA_2", "grace", now * 1000, now);
    joined.participant().put("name", NAME).put("metadata", "zażółć 𝄞 ".repeat(120));
    return joined.bytes();
  }

  @Test
  void no_bit_of_a_body_can_be_another() {
    byte[] body = body();
    assertTrue(body.length >= BYTES_MIN);
    Claimed claimed = claimed(body);
    for (int bit = 0; bit < body.length * 8; bit++) {
      body[bit / 8] ^= (byte) (1 << bit % 8);
      assertFalse(claimed.matches(Webhooks.sha256(body)));
      body[bit / 8] ^= (byte) (1 << bit % 8);
    }
    assertTrue(claimed.matches(Webhooks.sha256(body)), "untouched it is still what was signed");
  }

  @Test
  void no_body_can_be_cut_or_lengthened() {
    byte[] body = body();
    Claimed claimed = claimed(body);
    for (int length = 0; length < body.length; length++) {
      assertFalse(claimed.matches(Webhooks.sha256(Arrays.copyOf(body, length))));
    }
    for (int extra = 0; extra < 256; extra++) {
      byte[] longer = Arrays.copyOf(body, body.length + 1);
      longer[body.length] = (byte) extra;
      assertFalse(claimed.matches(Webhooks.sha256(longer)));
    }
  }

  private static Claimed claimed(byte[] body) {
    LiveKitKeys keys = new LiveKitKeys(LIVEKIT_API_KEY, LIVEKIT_API_SECRET, Optional.empty());
    WebhookSignature signature = new WebhookSignature(keys, InstantSource.system());
    return signature.verify(LiveKitSender.sign(body)).orElseThrow();
  }

  @Test
  void every_tampered_body_is_401_and_nothing_of_it_is_stored() throws IOException {
    byte[] body = body();
    String token = LiveKitSender.sign(body);
    LiveKitSender livekit = new LiveKitSender(base);
    Statements statements = new Statements(database);
    long asked = statements.count();
    long events = statements.events();
    try (Logs logs = new Logs()) {
      for (int i = 0; i < body.length; i += POSTED_OF_BYTES) {
        byte[] flipped = body.clone();
        flipped[i] ^= 1;
        assertEquals(401, livekit.send(flipped, token).statusCode(), "byte " + i);
      }
      for (var tampered : reshaped(body).entrySet()) {
        assertEquals(401, livekit.send(tampered.getValue(), token).statusCode(), tampered::getKey);
      }
      logs.assertSilentOn(List.of(token, token.split("\\.")[2], NAME, "zażółć", "RM_tampered"));
    }
    assertEquals(asked, statements.count(), "statements");
    assertEquals(events, statements.events(), "events stored");
    assertEquals(200, livekit.send(body, token).statusCode());
    assertEquals(events + 1, statements.events());
  }

  private static Map<String, byte[]> reshaped(byte[] body) throws IOException {
    String text = new String(body, UTF_8);
    Map<String, byte[]> all = new LinkedHashMap<>();
    all.put("nothing", new byte[0]);
    all.put("an empty object", "{}".getBytes(UTF_8));
    all.put("whitespace before", (" " + text).getBytes(UTF_8));
    all.put("whitespace after", (text + "\n").getBytes(UTF_8));
    all.put("whitespace within", text.replaceFirst(",", ", ").getBytes(UTF_8));
    all.put("a byte order mark", ("\uFEFF" + text).getBytes(UTF_8));
    all.put("UTF-16", text.getBytes(UTF_16));
    all.put("a key twice", text.replaceFirst("\\{", "{\"id\":\"EV_x\",").getBytes(UTF_8));
    all.put("a key twice, at the end", (text + "!").replace("}!", ",\"a\":1}").getBytes(UTF_8));
    all.put("a letter as an escape", text.replaceFirst("grace", "\\\\u0067race").getBytes(UTF_8));
    all.put("written anew", Webhooks.JSON.readTree(body).toPrettyString().getBytes(UTF_8));
    all.put("a byte short", Arrays.copyOf(body, body.length - 1));
    all.put("a NUL after", Arrays.copyOf(body, body.length + 1));
    all.put("twice", (text + text).getBytes(UTF_8));
    all.put("in a list", ("[" + text + "]").getBytes(UTF_8));
    all.put("compressed", gzip(body));
    return all;
  }

  static byte[] gzip(byte[] body) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
      gzip.write(body);
    }
    return packed.toByteArray();
  }

  @Test
  void a_body_is_never_unpacked_whatever_its_encoding_says() throws IOException {
    byte[] body = body();
    byte[] packed = gzip(body);
    assertEquals(401, encoded(packed, LiveKitSender.sign(body)), "signed before it was packed");
    assertEquals(200, encoded(packed, LiveKitSender.sign(packed)), "kept as it came");
  }

  private int encoded(byte[] body, String token) throws IOException {
    try (RawConnection connection = new RawConnection(base)) {
      connection.head(List.of(token), "Content-Encoding: gzip", "Content-Length: " + body.length);
      connection.write(body);
      return connection.answer().status();
    }
  }
}
