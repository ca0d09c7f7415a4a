package dev.voiceledger.webhook;

import static dev.voiceledger.FreshDatabase.LIVEKIT_API_KEY;
import static dev.voiceledger.FreshDatabase.LIVEKIT_API_SECRET;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.voiceledger.platform.LiveKitKeys;
import io.livekit.server.AccessToken;
import io.livekit.server.WebhookReceiver;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The judge of tokens alone, at a moment that stands still. */
class WebhookSignatureTest {
  private static final long NOW = 1_795_397_700;
  private static final byte[] BODY =
      Webhooks.roomStarted("RM_signature", "signature", NOW * 1000, NOW).bytes();
  private static final Path RECORDED = Path.of("src/test/resources/webhooks");

  private final WebhookSignature signature = at(NOW, Optional.empty());

  private static WebhookSignature at(long now, Optional<String> keys) {
    return new WebhookSignature(
        new LiveKitKeys(LIVEKIT_API_KEY, LIVEKIT_API_SECRET, keys),
        InstantSource.fixed(Instant.ofEpochSecond(now)));
  }

  private boolean accepts(String token) {
    return accepts(signature, token, BODY);
  }

  private static boolean accepts(WebhookSignature signature, String token, byte[] body) {
    return signature
        .verify(token)
        .filter(claimed -> claimed.matches(Webhooks.sha256(body)))
        .isPresent();
  }

  @Test
  void no_forged_or_unfit_token_is_accepted() {
    List<String> accepted = new ArrayList<>();
    Forgeries.of(BODY, NOW)
        .forEach((flaw, headers) -> {
          if (headers.size() == 1 && accepts(headers.getFirst())) {
            accepted.add(flaw);
          }
        });
    assertEquals(List.of(), accepted);
    assertFalse(accepts(null));
  }

  @Test
  void no_character_of_a_token_can_be_another() {
    String good = Forgeries.good(BODY, NOW);
    assertTrue(accepts(good));
    for (int i = 0; i < good.length(); i++) {
      for (char other : new char[] {'A', 'B', 'z', '-', '_', '.', '=', '+', '/', ' ', '\0', 'é'}) {
        if (good.charAt(i) != other) {
          String forged = good.substring(0, i) + other + good.substring(i + 1);
          assertFalse(accepts(forged), () -> "accepted: " + forged);
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {-59, 0, 1, 300, 366 * 86_400L})
  void a_token_lives_until_a_minute_after_its_end(long seconds) {
    assertTrue(accepts(Forgeries.with(BODY, NOW, c -> c.put("exp", NOW + seconds))));
  }

  @ParameterizedTest
  @ValueSource(longs = {-60, -61, -3600, 367 * 86_400L})
  void a_token_is_dead_a_minute_after_its_end_and_none_lives_for_years(long seconds) {
    assertFalse(accepts(Forgeries.with(BODY, NOW, c -> c.put("exp", NOW + seconds))));
  }

  @Test
  void a_token_counts_from_a_minute_before_its_beginning() {
    assertTrue(accepts(Forgeries.with(BODY, NOW, c -> c.put("nbf", NOW + 59))));
    assertTrue(accepts(Forgeries.with(BODY, NOW, c -> c.put("nbf", NOW + 60))));
    assertFalse(accepts(Forgeries.with(BODY, NOW, c -> c.put("nbf", NOW + 61))));
  }

  @Test
  void the_claims_of_every_generation_of_senders_are_fit() {
    assertTrue(accepts(Forgeries.with(BODY, NOW, c -> c.remove("nbf"))));
    assertTrue(accepts(Forgeries.with(BODY, NOW, c -> c.put("iat", NOW))));
    assertTrue(accepts(Forgeries.with(BODY, NOW, c -> c.put("jti", LIVEKIT_API_KEY))));
    assertTrue(accepts(Forgeries.with(BODY, NOW, c -> c.put("sub", "").put("name", ""))));
    assertTrue(accepts(Forgeries.with(BODY, NOW, c -> c.putObject("video"))));
    assertTrue(accepts(Forgeries.with(BODY, NOW, c -> c.putObject("sip"))));
    assertTrue(accepts(Forgeries.with(BODY, NOW, c -> c.put("typ", "JWT").putNull("kind"))));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "APIone: first\nAPItwo: second\n",
        "APIone:first,APItwo: second",
        "\nAPIone:first,\n APItwo : second ,"
      })
  void every_key_of_a_list_in_either_form_may_sign(String keys) {
    WebhookSignature several = at(NOW, Optional.of(keys));
    String one = Forgeries.with(BODY, NOW, c -> c.put("iss", "APIone"));
    assertFalse(accepts(several, one, BODY), "signed with the secret of another key");
    String claims = new String(Base64.getUrlDecoder().decode(one.split("\\.")[1]), UTF_8);
    assertTrue(accepts(several, Webhooks.jwt(Forgeries.HEADER, claims, "first"), BODY));
    String two = claims.replace("APIone", "APItwo");
    assertTrue(accepts(several, Webhooks.jwt(Forgeries.HEADER, two, "second"), BODY));
    assertTrue(accepts(several, Forgeries.good(BODY, NOW), BODY), "the first key still may");
  }

  @ParameterizedTest
  @ValueSource(strings = {"APIone", "APIone:", ":secret", "APIone: first, nonsense"})
  void a_list_of_keys_that_is_none_is_refused_without_its_words(String keys) {
    Exception refused =
        assertThrows(IllegalArgumentException.class, () -> at(NOW, Optional.of(keys)));
    assertFalse(refused.getMessage().contains("first"));
    assertFalse(refused.getMessage().contains("APIone"));
  }

  @Test
  void the_token_of_livekits_own_sdk_is_accepted_and_its_receiver_accepts_ours() throws Exception {
    AccessToken token = new AccessToken(LIVEKIT_API_KEY, LIVEKIT_API_SECRET);
    token.setSha256(Base64.getEncoder().encodeToString(Webhooks.sha256(BODY)));
    long now = Instant.now().getEpochSecond();
    assertTrue(accepts(at(now, Optional.empty()), token.toJwt(), BODY));
    WebhookReceiver receiver = new WebhookReceiver(LIVEKIT_API_KEY, LIVEKIT_API_SECRET);
    var event = receiver.receive(new String(BODY, UTF_8), LiveKitSender.sign(BODY));
    assertEquals("RM_signature", event.getRoom().getSid());
  }

  @Test
  void every_delivery_of_a_real_server_is_accepted_when_it_arrived_and_not_an_hour_later()
      throws Exception {
    JsonNode deliveries = Webhooks.JSON.readTree(RECORDED.resolve("deliveries.json").toFile());
    assertTrue(deliveries.size() > 10);
    for (JsonNode delivery : deliveries) {
      byte[] body = Files.readAllBytes(RECORDED.resolve(delivery.path("file").textValue()));
      String token = delivery.path("headers").path("authorization").textValue();
      Instant arrived = Instant.parse(delivery.path("arrived_at").textValue());
      assertTrue(accepts(ofRecording(arrived), token, body), delivery::toString);
      assertFalse(accepts(ofRecording(arrived.plusSeconds(3600)), token, body));
    }
  }

  private static WebhookSignature ofRecording(Instant now) {
    return new WebhookSignature(
        new LiveKitKeys("devkey", "secret", Optional.empty()), InstantSource.fixed(now));
  }
}
