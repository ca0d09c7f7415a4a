package dev.voiceledger.faults;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.voiceledger.message.Messages;
import dev.voiceledger.webhook.LiveKitSender;
import dev.voiceledger.webhook.Webhooks;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;

/**
 * What is to be delivered: a webhook, signed each time that it is sent, or a post of messages.
 *
 * @param name of the event or the post; what is sent twice has one name
 * @param bearer null for a webhook
 */
record Parcel(String name, byte[] body, String bearer) {
  private static final Duration ANSWER_MAX = Duration.ofSeconds(30);

  static Parcel of(Webhooks event) {
    return new Parcel(event.json().path("id").textValue(), event.bytes(), null);
  }

  static Parcel post(String name, String body, String bearer) {
    return new Parcel(name, body.getBytes(UTF_8), bearer);
  }

  boolean isWebhook() {
    return bearer == null;
  }

  HttpRequest request(URI base) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(base.resolve(isWebhook() ? "/webhooks/livekit" : Messages.PATH))
            .timeout(ANSWER_MAX)
            .POST(BodyPublishers.ofByteArray(body));
    return isWebhook()
        ? request
            .header("Authorization", LiveKitSender.sign(body))
            .header("Content-Type", "application/webhook+json")
            .build()
        : request
            .header("Authorization", "Bearer " + bearer)
            .header("Content-Type", "application/json")
            .build();
  }
}
