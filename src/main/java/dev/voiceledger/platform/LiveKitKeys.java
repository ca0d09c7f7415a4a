package dev.voiceledger.platform;

import io.quarkus.runtime.Startup;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * LiveKit's key and secret pairs: the one that signs join tokens, and those that may sign webhooks
 * besides (rotation, egress). Secrets stay out of {@code toString}. Read at the start, so that a
 * list that cannot be read stops the service: found out later, it would turn every webhook away.
 */
@Startup
@ApplicationScoped
public class LiveKitKeys {
  private static final String QUOTED = "\"([^\"\\v]+)\"|'([^'\\v]+)'";
  private static final String KEY = "(?:" + QUOTED + "|([^\\s,:\"'{}]+))";
  private static final String SECRET = "(?:" + QUOTED + "|([^\\s,\"'{}]+))";
  private static final Pattern PAIR =
      Pattern.compile(KEY + "\\h*:\\h*" + SECRET + "\\h*(?:[,\\v][\\s,]*|$)");
  private static final Pattern OUTER_SEPARATORS = Pattern.compile("^[\\s,]+|[\\s,]+$");
  private static final int QUOTINGS = 3;

  private final String apiKey;
  private final Map<String, String> secrets;

  /**
   * @param more LiveKit's own form of keys: {@code key: secret}, one a line or parted by commas
   */
  public LiveKitKeys(
      @ConfigProperty(name = "livekit.api-key", defaultValue = "devkey") String apiKey,
      @ConfigProperty(name = "livekit.api-secret", defaultValue = "secret") String apiSecret,
      @ConfigProperty(name = "livekit.keys") Optional<String> more) {
    this.apiKey = apiKey;
    Map<String, String> all = new HashMap<>();
    more.ifPresent(list -> all.putAll(parse(list)));
    all.put(apiKey, apiSecret);
    this.secrets = Map.copyOf(all);
  }

  /**
   * The pairs of {@code LIVEKIT_KEYS}: {@code key: secret}, one a line or parted by commas, with
   * quotes or without, perhaps all in braces. The start reads them here too, so that what it lets
   * pass is what the service knows.
   *
   * @throws IllegalArgumentException when the list is none; it does not quote the list
   */
  public static Map<String, String> parse(String list) {
    String pairs = list.strip();
    if (pairs.startsWith("{") && pairs.endsWith("}")) {
      pairs = pairs.substring(1, pairs.length() - 1);
    }
    pairs = OUTER_SEPARATORS.matcher(pairs).replaceAll("");
    Map<String, String> secrets = new HashMap<>();
    Matcher pair = PAIR.matcher(pairs);
    while (pair.regionStart() < pairs.length()) {
      if (!pair.lookingAt() || secrets.put(word(pair, 1), word(pair, 1 + QUOTINGS)) != null) {
        throw new IllegalArgumentException(
            "LIVEKIT_KEYS cannot be read: it wants pairs of the form key: secret, one a line or"
                + " parted by commas, and each key once");
      }
      pair.region(pair.end(), pairs.length());
    }
    return secrets;
  }

  /** In double quotes, in single ones, or in none: one of the three groups has it. */
  private static String word(Matcher pair, int first) {
    for (int group = first; group < first + QUOTINGS; group++) {
      if (pair.group(group) != null) {
        return pair.group(group);
      }
    }
    throw new IllegalStateException("the pattern has a word here");
  }

  /** The key that signs join tokens. */
  public String apiKey() {
    return apiKey;
  }

  /** The secret of {@link #apiKey()}: it signs join tokens and what we ask of LiveKit. */
  public String apiSecret() {
    return secrets.get(apiKey);
  }

  /** All keys that may sign webhooks, the first too. */
  public Set<String> names() {
    return secrets.keySet();
  }

  /** The secret of a key that may sign webhooks. */
  public Optional<String> secret(String key) {
    return Optional.ofNullable(secrets.get(key));
  }
}
