package dev.voiceledger.webhook;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Overwrites the secrets of a body in place with {@code *}, before anything is stored: the length
 * and every other byte stay as sent. By name, in any spelling that protojson takes; for a body that
 * no parser can follow to its end, by a search for the same names.
 */
final class Secrets {
  private static final Set<String> NAMES =
      Set.of(
          "turnpassword",
          "streamkey",
          "secret",
          "accesskey",
          "sessiontoken",
          "accountkey",
          "credentials",
          "password",
          "passphrase",
          "urls",
          "proxyurl",
          "clientsecret",
          "apisecret");

  /** A stream's url carries its key or its password; a file's location does not. */
  private static final Set<String> STREAM_HOLDERS =
      Set.of("streamresults", "stream", "ingressinfo");

  private static final Pattern SEARCH =
      Pattern.compile(
          "(?i)\"(?:"
              + "turn_?password|stream_?key|secret|access_?key|session_?token|account_?key"
              + "|credentials|password|passphrase|proxy_?url|client_?secret|api_?secret"
              + ")\"\\s*:\\s*"
              + "(?:\"((?:[^\"\\\\]|\\\\.)*+)|([\\[{][^\\]}]*+)|(-?[0-9][0-9.eE+-]*+))");

  /** Where nothing says whose url it is, its scheme does. */
  private static final Pattern STREAM_URL =
      Pattern.compile("(?i)\"((?:rtmps?|rtsps?|srt)://(?:[^\"\\\\]|\\\\.)*+)");

  private static final byte STAR = '*';
  private static final JsonFactory JSON = new JsonFactory();

  private final byte[] body;
  private final Deque<String> path = new ArrayDeque<>();
  private int secretDepth;

  private Secrets(byte[] body) {
    this.body = body;
  }

  /** Overwrites in place. */
  static void overwrite(byte[] body) {
    Secrets secrets = new Secrets(body);
    if (!Json.isUtf8(body)) {
      secrets.whole();
      return;
    }
    try (JsonParser parser = JSON.createParser(body.clone())) {
      secrets.follow(parser);
    } catch (IOException notJson) {
      secrets.search();
    }
  }

  /**
   * In UTF-16 and the like no byte says where a value ends: with a secret in it, all of it goes.
   */
  private void whole() {
    String text = new String(body, ISO_8859_1).replace("\0", "");
    if (SEARCH.matcher(text).find() || STREAM_URL.matcher(text).find()) {
      Arrays.fill(body, (byte) '*');
    }
  }

  private void follow(JsonParser parser) throws IOException {
    for (JsonToken token; (token = parser.nextToken()) != null; ) {
      switch (token) {
        case START_OBJECT, START_ARRAY -> enter(parser);
        case END_OBJECT, END_ARRAY -> leave();
        case VALUE_STRING, VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> value(parser, token);
        default -> {
          // Names are asked of the parser; true, false and null are nobody's secret.
        }
      }
    }
  }

  private void enter(JsonParser parser) throws IOException {
    String name = normal(parser.currentName());
    path.push(name);
    if (secretDepth > 0 || NAMES.contains(name)) {
      secretDepth++;
    }
  }

  private void leave() {
    path.pop();
    if (secretDepth > 0) {
      secretDepth--;
    }
  }

  private void value(JsonParser parser, JsonToken token) throws IOException {
    String name = normal(parser.currentName());
    boolean streamUrl = name.equals("url") && path.stream().anyMatch(STREAM_HOLDERS::contains);
    if (secretDepth == 0 && !NAMES.contains(name) && !streamUrl) {
      return;
    }
    int start = (int) parser.currentTokenLocation().getByteOffset();
    if (token == JsonToken.VALUE_STRING) {
      parser.finishToken();
      int end = (int) parser.currentLocation().getByteOffset();
      Arrays.fill(body, start + 1, end - 1, (byte) '*');
    } else {
      number(start);
    }
  }

  /** A number gets its quotes from its own digits, so that the body stays JSON. */
  private void number(int start) {
    int end = start;
    while (end < body.length && "+-.eE0123456789".indexOf(body[end]) >= 0) {
      end++;
    }
    if (end - start == 1) {
      body[start] = '0';
      return;
    }
    Arrays.fill(body, start, end, (byte) '*');
    body[start] = '"';
    body[end - 1] = '"';
  }

  private void search() {
    String text = new String(body, ISO_8859_1);
    for (Pattern pattern : List.of(SEARCH, STREAM_URL)) {
      Matcher found = pattern.matcher(text);
      while (found.find()) {
        for (int value = 1; value <= found.groupCount(); value++) {
          Arrays.fill(body, Math.max(0, found.start(value)), Math.max(0, found.end(value)), STAR);
        }
      }
    }
  }

  private static String normal(String name) {
    return name == null ? "" : name.replace("_", "").toLowerCase(Locale.ROOT);
  }
}
