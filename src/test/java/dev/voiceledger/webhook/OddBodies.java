package dev.voiceledger.webhook;

import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * Authentic bodies that no LiveKit of today sends: every kind of event, changed in every way that
 * came to mind, and bytes that are no event at all.
 */
final class OddBodies {
  private static final long AT = 1_790_000_000L;

  private final Map<String, byte[]> bodies = new LinkedHashMap<>();
  private final String prefix;

  private OddBodies(String prefix) {
    this.prefix = prefix;
  }

  /** By what is odd about them; event ids and room sids begin with the prefix. */
  static Map<String, byte[]> all(String prefix) {
    OddBodies odd = new OddBodies(prefix);
    odd.names();
    odd.mutations().forEach(odd::ofEveryKind);
    odd.texts().forEach(odd::ofEveryKind);
    odd.noEvents();
    odd.ids();
    return odd.bodies;
  }

  /** One of each kind that says something, and of those that do not. */
  private Map<String, Webhooks> kinds(String sid) {
    Map<String, Webhooks> kinds = new LinkedHashMap<>();
    kinds.put("started", Webhooks.roomStarted(sid, "w9", AT * 1000, AT));
    kinds.put("finished", Webhooks.roomFinished(sid, "w9", AT * 1000, AT));
    kinds.put("joined", person("participant_joined", sid));
    kinds.put("left", person("participant_left", sid));
    kinds.put("aborted", person("participant_connection_aborted", sid));
    kinds.put("published", Webhooks.track("track_published", sid, "w9", "PA_1", "ann", AT));
    kinds.put("unpublished", Webhooks.track("track_unpublished", sid, "w9", "PA_1", "ann", AT));
    kinds.put("egress", Webhooks.egress("egress_ended", sid, "w9", "EG_1", "EGRESS_FAILED", AT));
    kinds.put("ingress", Webhooks.event("ingress_started", sid, "w9", AT));
    kinds.put("job", Webhooks.event("agent_job_started", sid, "w9", AT));
    return kinds;
  }

  private static Webhooks person(String event, String sid) {
    return Webhooks.participant(event, sid, "w9", "PA_1", "ann", AT * 1000, AT).kind("SIP");
  }

  private void ofEveryKind(String what, UnaryOperator<String> change) {
    kinds("RM_" + prefix + bodies.size())
        .forEach((kind, webhook) -> {
          String id = "EV_" + prefix + bodies.size();
          String changed = change.apply(webhook.id(id).json().toString());
          bodies.put(what + ", " + kind, changed.getBytes(UTF_8));
        });
  }

  private void names() {
    String[] names = {
      "room_painted",
      "ROOM_STARTED",
      "agent_job_ended",
      "ingress_ended",
      "",
      " ",
      "\u0000",
      "participant_joined ",
      "x".repeat(5000),
      "☎",
      "egress_paused",
      "null",
      "sip_call_answered"
    };
    for (String name : names) {
      String id = "EV_" + prefix + bodies.size();
      Webhooks event = Webhooks.roomStarted("RM_" + prefix + id, "w9", AT * 1000, AT).id(id);
      event.json().put("event", name);
      bodies.put("the name " + name.substring(0, Math.min(20, name.length())), event.bytes());
    }
  }

  private Map<String, UnaryOperator<String>> mutations() {
    Map<String, UnaryOperator<String>> all = new LinkedHashMap<>();
    all.put("as it should be", body -> body);
    all.put("unknown fields", set("", "future", "{\"a\":[1,2,{\"b\":null}]}"));
    all.put("no name", json(event -> event.remove("event")));
    all.put("a number as name", set("", "event", "7"));
    all.put("no time", json(event -> event.remove("createdAt")));
    all.put("a word as time", set("", "createdAt", "\"yesterday\""));
    all.put("a time before time", set("", "createdAt", "\"-99999999999\""));
    all.put("a time after time", set("", "createdAt", "\"9223372036854775807\""));
    all.put("a time past all numbers", set("", "createdAt", "1e400"));
    all.put("a fraction as time", set("", "createdAt", "1790000000.75"));
    all.put("no room", json(event -> event.remove("room")));
    all.put("an empty room", set("", "room", "{}"));
    all.put("null as room", set("", "room", "null"));
    all.put("a word as room", set("", "room", "\"lobby\""));
    all.put("a list as room", set("", "room", "[{\"sid\":\"RM_list\"}]"));
    all.put("a number as sid", set("/room", "sid", "12345"));
    peopleAndFiles(all);
    return all;
  }

  private void peopleAndFiles(Map<String, UnaryOperator<String>> all) {
    all.put("no participant", json(event -> event.remove("participant")));
    all.put("null as participant", set("", "participant", "null"));
    all.put("a list as participant", set("", "participant", "[]"));
    all.put("unknown words", set("/participant", "kind", "\"HOLOGRAM\""));
    all.put("unknown numbers", set("/participant", "kind", "2147483648"));
    all.put("a list as attributes", set("/participant", "attributes", "[1,\"2\"]"));
    all.put("deep attributes", set("/participant", "attributes", "{\"a\":" + deep(50) + "}"));
    all.put("no egress", json(event -> event.remove("egressInfo")));
    all.put("an absurd size", set("/egressInfo", "fileResults", "[{\"size\":\"1e30\"}]"));
    all.put(
        "negative lengths", set("/egressInfo", "fileResults", "[{\"duration\":-5,\"size\":-5}]"));
    all.put("no list of files", set("/egressInfo", "fileResults", "{\"0\":null}"));
  }

  /** Text that PostgreSQL cannot hold, or no index, in every place for text. */
  private Map<String, UnaryOperator<String>> texts() {
    Map<String, UnaryOperator<String>> all = new LinkedHashMap<>();
    Map<String, String> texts = new LinkedHashMap<>();
    texts.put("NUL", "\"a\\u0000b\"");
    texts.put("half a character", "\"a\\ud83db\\ude00\"");
    texts.put("1,000 characters", "\"" + "ä€𝄞x".repeat(250) + "\"");
    texts.put("200,000 characters", "\"" + random(200_000) + "\"");
    texts.forEach((what, text) -> {
      all.put(what + " as identity", set("/participant", "identity", text));
      all.put(
          what + " as names",
          body -> set("/room", "name", text).apply(set("/participant", "name", text).apply(body)));
      all.put(
          what + " as metadata",
          body ->
              set("/room", "metadata", text)
                  .apply(set("/participant", "metadata", text).apply(body)));
      all.put(
          what + " as attributes",
          set("/participant", "attributes", "{" + text + ":" + text + "}"));
      all.put(
          what + " as sids",
          body ->
              set("/participant", "sid", text)
                  .apply(set("/egressInfo", "egressId", text).apply(body)));
    });
    return all;
  }

  /** Does not compress, as an index row would. */
  private static String random(int length) {
    StringBuilder text = new StringBuilder(length);
    new java.util.Random(9).ints(length, 'a', 'z' + 1).forEach(c -> text.append((char) c));
    return text.toString();
  }

  private static String deep(int depth) {
    return "[".repeat(depth) + "]".repeat(depth);
  }

  private void noEvents() {
    Map<String, String> texts = new LinkedHashMap<>();
    texts.put("nothing", "");
    texts.put("blanks", " \n\t ");
    texts.put("an empty object", "{}");
    texts.put("an empty list", "[]");
    texts.put("a list of events", "[{\"event\":\"room_started\",\"id\":\"EV_x\"}]");
    texts.put("null", "null");
    texts.put("a word", "\"room_started\"");
    texts.put("a number", "12");
    texts.put("half an object", "{\"event\":\"room_started\",\"id\":\"EV_half");
    texts.put("no JSON", "event=room_started&id=EV_form");
    texts.put("brackets without end", "[".repeat(100_000));
    texts.put("a hundred thousand deep", "{\"a\":".repeat(100_000) + "1" + "}".repeat(100_000));
    texts.put("a number without end", "{\"id\":" + "9".repeat(100_000) + "}");
    texts.put("a name without end", "{\"" + "n".repeat(100_000) + "\":1}");
    texts.forEach((what, text) -> bodies.put(what, (text + " ".repeat(0)).getBytes(UTF_8)));
    String json =
        "{\"event\":\"room_started\",\"id\":\"EV_utf16\",\"room\":{\"turnPassword\":\"x\"}}";
    bodies.put("UTF-16", json.replace("turnPassword", "turn").getBytes(UTF_16LE));
    bodies.put("a byte order mark", ("\ufeff" + json).getBytes(UTF_8));
    byte[] broken = json.getBytes(UTF_8);
    broken[30] = (byte) 0xff;
    bodies.put("broken UTF-8", broken);
    byte[] all = new byte[256];
    for (int i = 0; i < all.length; i++) {
      all[i] = (byte) i;
    }
    bodies.put("all bytes", all);
  }

  private void ids() {
    String[] ids = {
      "null",
      "\"\"",
      "\"  \"",
      "7",
      "{}",
      "[\"EV_1\"]",
      "\"" + "E".repeat(256) + "\"",
      "\"EV_\\u0000\"",
      "\"EV_\\ud800\"",
      "true"
    };
    for (String id : ids) {
      String body = "{\"id\":%s,\"event\":\"room_started\",\"createdAt\":\"%d\"}";
      bodies.put("the id " + id, body.formatted(id, AT + bodies.size()).getBytes(UTF_8));
    }
    bodies.put(
        "two ids",
        "{\"id\":\"EV_%1$sone\",\"id\":\"EV_%1$stwo\"}".formatted(prefix).getBytes(UTF_8));
    bodies.put("a tail", "{\"id\":\"EV_%stail\"} and more".formatted(prefix).getBytes(UTF_8));
  }

  /** Puts a value, given as JSON, into the object at a place, where the body has that place. */
  private static UnaryOperator<String> set(String place, String field, String value) {
    String mark = "\"the-mark-of-a-value\"";
    return body -> {
      ObjectNode event = parsed(body);
      JsonNode holder = event.at(place);
      if (holder instanceof ObjectNode object) {
        object.put(field, "the-mark-of-a-value");
      }
      return event.toString().replace(mark, value);
    };
  }

  private static UnaryOperator<String> json(java.util.function.Consumer<ObjectNode> change) {
    return body -> {
      ObjectNode event = parsed(body);
      change.accept(event);
      return event.toString();
    };
  }

  private static ObjectNode parsed(String body) {
    try {
      return (ObjectNode) Webhooks.JSON.readTree(body);
    } catch (java.io.IOException e) {
      throw new IllegalArgumentException(body, e);
    }
  }
}
