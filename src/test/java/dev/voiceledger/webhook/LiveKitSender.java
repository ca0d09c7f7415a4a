package dev.voiceledger.webhook;

import dev.voiceledger.FreshDatabase;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/** Posts signed bodies as LiveKit's server does: the bare JWT, its own media type. */
public final class LiveKitSender {
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final URI target;

  /**
   * @param base of the service, as {@code @TestHTTPResource} gives it
   */
  public LiveKitSender(URI base) {
    this.target = base.resolve("/webhooks/livekit");
  }

  public int post(Webhooks event) {
    return post(event.bytes());
  }

  public int post(byte[] body) {
    return send(body, sign(body)).statusCode();
  }

  public static String sign(byte[] body) {
    return Webhooks.sign(body, FreshDatabase.LIVEKIT_API_KEY, FreshDatabase.LIVEKIT_API_SECRET);
  }

  public HttpResponse<String> send(byte[] body, String authorization) {
    HttpRequest request =
        HttpRequest.newBuilder(target)
            .timeout(Duration.ofSeconds(20))
            .header("Authorization", authorization)
            .header("Content-Type", "application/webhook+json")
            .POST(BodyPublishers.ofByteArray(body))
            .build();
    try {
      return http.send(request, BodyHandlers.ofString());
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
