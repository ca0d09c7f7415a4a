package dev.voiceledger.operate;

import static io.restassured.RestAssured.given;

import io.quarkus.arc.Arc;
import io.quarkus.vertx.VertxContextSupport;
import java.util.List;

/** What Prometheus reads, of facts that are taken now. */
final class Scrape {
  private Scrape() {}

  static List<String> lines() {
    OperationsMetrics metrics = Arc.container().instance(OperationsMetrics.class).get();
    try {
      VertxContextSupport.subscribeAndAwait(metrics::refresh);
    } catch (Throwable away) {
      throw new IllegalStateException(away);
    }
    return given().get("/q/metrics").asString().lines().toList();
  }

  /** A value; NaN where there is none. */
  static double metric(String name) {
    String line = name + " ";
    return lines().stream()
        .filter(each -> each.startsWith(line))
        .mapToDouble(each -> Double.parseDouble(each.substring(line.length())))
        .findFirst()
        .orElse(Double.NaN);
  }
}
