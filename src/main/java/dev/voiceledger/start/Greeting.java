package dev.voiceledger.start;

import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.ConfigProvider;

/** The first lines that a person sees: where everything is, and what LiveKit has to be told. */
final class Greeting {
  private Greeting() {}

  static void print() {
    Config config = ConfigProvider.getConfig();
    System.out.print(text(config));
    if (System.console() != null && System.console().isTerminal()) {
      System.out.print(tokens(config));
    }
    System.out.flush();
  }

  static String text(Config config) {
    String host = config.getValue("quarkus.http.host", String.class);
    String root =
        "http://" + reachable(host) + ":" + config.getValue("quarkus.http.port", int.class);
    return """

    Voiceledger listens.

      page       %1$s/
      API        %1$s/api/v1      described at %1$s/q/swagger-ui
      webhooks   %1$s/webhooks/livekit
      data       %2$s

    LiveKit's configuration needs these lines:

      webhook:
        api_key: %3$s
        urls:
          - %1$s/webhooks/livekit

    """
        .formatted(
            root,
            config.getOptionalValue("voiceledger.data", String.class).orElse("PostgreSQL"),
            config.getOptionalValue("livekit.api-key", String.class).orElse("devkey"));
  }

  /** For a person at the keyboard only: what goes into a log file stays in it. */
  private static String tokens(Config config) {
    return config
        .getOptionalValue("jwt.secret", String.class)
        .map(secret -> new TrialToken(Settings.ofProcess(), secret))
        .map(trial ->
            """
            Tokens to try things with, for %s hours (more: ./voiceledger token):

              user   %s

              admin  %s

            """
                .formatted(TrialToken.LIFE.toHours(), trial.of("user"), trial.of("admin")))
        .orElse("");
  }

  private static String reachable(String host) {
    return switch (host) {
      case "0.0.0.0", "::", "127.0.0.1" -> "localhost";
      default -> host.contains(":") ? "[" + host + "]" : host;
    };
  }
}
