package dev.voiceledger.report;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.voiceledger.message.Said;
import dev.voiceledger.platform.Problem.Type;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** The items of a report that was read before, handed out a few at a time. */
final class Items {
  /**
   * What goes into the ledger's queue at once: a share of a group, so that others fit beside it.
   */
  static final int AT_ONCE_MAX = 100;

  private static final int CHARACTERS_AT_ONCE_MAX = 500_000;

  private final JsonParser parser;
  private final UUID callId;

  private Items(JsonParser parser, UUID callId) {
    this.parser = parser;
    this.callId = callId;
  }

  static Items of(InputStream body, UUID callId) {
    try {
      JsonParser parser = ReportParser.over(body);
      ReportParser.read(parser, Items::toTheFirst);
      return new Items(parser, callId);
    } catch (IOException neverOpened) {
      throw Type.MALFORMED_JSON.because(neverOpened.getClass().getSimpleName());
    }
  }

  /** On to the beginning of the list, or to the end where there is none. */
  private static JsonParser toTheFirst(JsonParser parser) throws IOException {
    parser.nextToken();
    seek(parser, Report.HISTORY, JsonToken.START_OBJECT);
    if (parser.currentToken() == JsonToken.START_OBJECT) {
      seek(parser, Report.ITEMS, JsonToken.START_ARRAY);
    }
    return parser;
  }

  private static void seek(JsonParser parser, String name, JsonToken token) throws IOException {
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      boolean found = parser.currentName().equals(name);
      if (parser.nextToken() == token && found) {
        return;
      }
      parser.skipChildren();
    }
  }

  /** The next items; empty at the end. */
  List<Said> next() {
    return ReportParser.read(parser, this::some);
  }

  private List<Said> some(JsonParser from) throws IOException {
    List<Said> items = new ArrayList<>();
    int characters = 0;
    while (items.size() < AT_ONCE_MAX
        && characters < CHARACTERS_AT_ONCE_MAX
        && from.currentToken() != null
        && from.nextToken() == JsonToken.START_OBJECT) {
      Said item = ItemReader.of((ObjectNode) Tree.read(from, ""), callId);
      characters += item.content().length() + item.metadata().length();
      items.add(item);
    }
    return items;
  }
}
