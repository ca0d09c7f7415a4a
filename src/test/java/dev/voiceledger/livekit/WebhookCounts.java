package dev.voiceledger.livekit;

import static java.util.stream.Collectors.toMap;

import io.restassured.RestAssured;
import java.net.URI;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** {@code voiceledger_webhooks_total} by result, as an operator's Prometheus reads it. */
public final class WebhookCounts {
  private static final Pattern COUNT =
      Pattern.compile(
          "^voiceledger_webhooks_total\\{(?:.*,)?result=\"(\\w+)\".*} (\\S+)$", Pattern.MULTILINE);

  private WebhookCounts() {}

  public static Map<String, Long> of(URI base) {
    String metrics = RestAssured.given().get(base.resolve("/q/metrics")).asString();
    return new TreeMap<>(
        COUNT
            .matcher(metrics)
            .results()
            .collect(
                toMap(
                    count -> count.group(1), count -> (long) Double.parseDouble(count.group(2)))));
  }

  /** What was counted since, zeros left out. */
  public static Map<String, Long> since(Map<String, Long> before, URI base) {
    Map<String, Long> counts = of(base);
    counts.replaceAll((result, count) -> count - before.getOrDefault(result, 0L));
    counts.values().removeIf(count -> count == 0);
    return counts;
  }
}
