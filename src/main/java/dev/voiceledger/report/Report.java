package dev.voiceledger.report;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.voiceledger.platform.Problem.Type;
import dev.voiceledger.platform.ProblemException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * What a report says, its items only counted: they are read a second time when they are written, so
 * that a whole conversation is never in memory twice. By then all of it is known to be readable.
 *
 * @param items how many the chat history has
 * @param usage its usage rows as they were sent
 */
record Report(Session session, int items, List<ObjectNode> usage) {
  static final int ITEMS_MAX = 10_000;
  static final int USAGE_MAX = 200;

  /** In all of its rows, since they are kept until the items are written. */
  static final int USAGE_VALUES_MAX = 50_000;

  static final String HISTORY = "chat_history";
  static final String ITEMS = "items";
  private static final int NAME_MAX = 1_024;

  /** Reads a report to its end. */
  static Report of(InputStream body) {
    return new Reader().report(body);
  }

  private static final class Reader {
    private String jobId;
    private String roomSid;
    private String room;
    private Instant reportedAt;
    private int items = -1;
    private final List<ObjectNode> usage = new ArrayList<>();

    private Report report(InputStream body) {
      try (JsonParser parser = ReportParser.over(body)) {
        return ReportParser.read(parser, this::all);
      } catch (IOException neverOpened) {
        throw Type.MALFORMED_JSON.because(neverOpened.getClass().getSimpleName());
      }
    }

    private Report all(JsonParser parser) throws IOException {
      JsonToken first = parser.nextToken();
      if (first != null && first != JsonToken.START_OBJECT) {
        throw wrong("", "a JSON object");
      }
      while (first != null && parser.nextToken() != JsonToken.END_OBJECT) {
        String name = parser.currentName();
        parser.nextToken();
        field(name, parser);
      }
      if (parser.nextToken() != null) {
        throw Type.MALFORMED_JSON.because("something stands behind the object");
      }
      if (roomSid == null && room == null) {
        throw wrong("/room_id", "the room's sid, or its name as room");
      }
      Session session = new Session(jobId, roomSid, room, reportedAt);
      return new Report(session, Math.max(0, items), usage);
    }

    private void field(String name, JsonParser parser) throws IOException {
      switch (name) {
        case "job_id" -> jobId = text(parser, name);
        case "room_id" -> roomSid = text(parser, name);
        case "room" -> room = text(parser, name);
        case "timestamp" -> reportedAt = Moment.of(Tree.read(parser, "/" + name));
        case "usage" -> usage(parser);
        case HISTORY -> history(parser);
        default -> parser.skipChildren();
      }
    }

    private static String text(JsonParser parser, String name) throws IOException {
      JsonNode value = Tree.read(parser, "/" + name);
      if (!value.isNull() && !value.isTextual() || value.asText("").length() > NAME_MAX) {
        throw wrong("/" + name, "text of at most " + NAME_MAX + " characters");
      }
      String text = value.asText("").strip();
      return text.isEmpty() ? null : text;
    }

    private void usage(JsonParser parser) throws IOException {
      if (parser.currentToken() == JsonToken.VALUE_NULL) {
        return;
      }
      mustBe(parser, JsonToken.START_ARRAY, "/usage", "a list");
      usage.clear();
      Tree.Budget budget = new Tree.Budget(USAGE_VALUES_MAX);
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        String pointer = "/usage/" + usage.size();
        mustBe(parser, JsonToken.START_OBJECT, pointer, "a JSON object");
        usage.add((ObjectNode) Tree.read(parser, pointer, budget));
        if (usage.size() > USAGE_MAX) {
          throw wrong("/usage", "at most " + USAGE_MAX + " rows");
        }
      }
    }

    private void history(JsonParser parser) throws IOException {
      if (parser.currentToken() == JsonToken.VALUE_NULL) {
        return;
      }
      mustBe(parser, JsonToken.START_OBJECT, "/" + HISTORY, "a JSON object");
      while (parser.nextToken() != JsonToken.END_OBJECT) {
        String name = parser.currentName();
        if (parser.nextToken() != JsonToken.VALUE_NULL && name.equals(ITEMS)) {
          items(parser, "/" + HISTORY + "/" + ITEMS);
        } else {
          parser.skipChildren();
        }
      }
    }

    private void items(JsonParser parser, String pointer) throws IOException {
      mustBe(parser, JsonToken.START_ARRAY, pointer, "a list");
      if (items >= 0) {
        throw wrong(pointer, "given twice");
      }
      items = 0;
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        if (items == ITEMS_MAX) {
          throw wrong(pointer, "at most " + ITEMS_MAX + " items");
        }
        mustBe(parser, JsonToken.START_OBJECT, pointer + "/" + items, "a JSON object");
        Tree.read(parser, pointer + "/" + items);
        items++;
      }
    }
  }

  private static void mustBe(JsonParser parser, JsonToken token, String pointer, String what)
      throws IOException {
    if (parser.currentToken() != token) {
      throw wrong(pointer, what);
    }
  }

  private static ProblemException wrong(String pointer, String what) {
    return Type.INVALID_FIELDS.at(pointer, what);
  }
}
