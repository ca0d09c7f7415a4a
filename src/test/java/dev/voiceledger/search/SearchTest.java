package dev.voiceledger.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.voiceledger.FreshDatabase;
import dev.voiceledger.TestDatabase;
import dev.voiceledger.history.Api;
import dev.voiceledger.history.Api.Answer;
import dev.voiceledger.history.People;
import dev.voiceledger.history.Tables;
import dev.voiceledger.livekit.LiveKitDouble;
import dev.voiceledger.webhook.Webhooks;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code q} of {@code GET /api/v1/calls}: what is found, what is shown of it, and to whom. */
@QuarkusTest
@WithTestResource(FreshDatabase.class)
@WithTestResource(LiveKitDouble.class)
class SearchTest {
  private static final String MESSAGES = "/api/v1/voice/messages";

  private static final Duration LATE = Duration.ofSeconds(5);

  @TestHTTPResource URI base;
  TestDatabase database;

  private final String ada = People.somebody();
  private Api api;

  @BeforeEach
  void begin() {
    api = new Api(base);
  }

  private String call(String... contents) {
    String id = api.made(People.user(ada), "{}").get("id").asText();
    for (String content : contents) {
      said(id, content);
    }
    return id;
  }

  private String said(String call, String content) {
    String body =
        Webhooks.JSON
            .createObjectNode()
            .put("call_id", call)
            .put("role", "user")
            .put("content", content)
            .toString();
    return api.post(People.service(), MESSAGES, body).is(201).at("/id");
  }

  private Answer found(String token, String q, String... more) {
    return api.get(
        token, Api.CALLS + "?q=" + Api.encoded(q) + (more.length == 0 ? "" : "&" + more[0]));
  }

  private static List<String> ids(Answer answer) {
    return answer.is(200).json().get("data").findValuesAsText("id").stream().toList();
  }

  private boolean finds(String q, String call) {
    return ids(found(People.user(ada), q)).contains(call)
        && ids(found(People.service(), q, "user_id=" + ada)).contains(call);
  }

  private static void await(String what, BooleanSupplier holds) {
    Instant late = Instant.now().plus(LATE);
    while (!holds.getAsBoolean()) {
      assertTrue(Instant.now().isBefore(late), "not within five seconds: " + what);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Die Überweisung kam nie an | uberweis | ubermorgen",
        "Donaudampfschifffahrtsgesellschaft | dampfschiff | dampflok",
        "IŞIK İstanbul'da | ışık istanbul | izmir",
        "ὁ Ὀδυσσεὺς ἐπέστρεψεν | ΟΔΥΣΣΕΥΣ | οδυσσειας",
        "Верните, пожалуйста, мои деньги | ДЕНЬГИ верните | рубли",
        "مَرْحَبًا بِكُمْ فِي الخِدْمَة | مرحبا | وداعا",
        "שָׁלוֹם לכולם | שלום | להתראות",
        "मुझे हिन्दी आती है | हिन्दी | हिन्दु",
        "ฉันพูดภาษาไทยได้ | ภาษาไทย | ภาษาลาว",
        "我想取消订单 | 订 | 货",
        "我想取消订单 | 订单 | 单订",
        "我想取消订单 | 取消订 | 取订单",
        "注文をキャンセルしたいです | キャンセル | キャンペーン",
        "서울에서 주문했어요 | 서울 | 부산",
        "das ist gut 👍🏽 | 👍 | 👎",
        "mail to anna.b@example.com now | anna.b@example.com | anna.c@example.com",
        "call +49 (0)30 1234-567 | 1234-567 | 1234-568",
        "order 100%_\\\\ '; drop table' | 100%_\\\\ | 200%",
        "a & b ! c:* (d) <-> 'e' | & b ! (d:*) <-> | \"b d\""
      })
  void any_language_is_found_by_its_own_words(String content, String q, String not) {
    String call = call(content);
    await(q, () -> finds(q, call));
    assertFalse(finds(not, call), not);
  }

  @Test
  void all_words_must_stand_in_the_call_and_phrases_as_they_are() {
    String call = call("the red fox", "jumps over", "a lazy dog");
    String other = call("the red dog", "jumps");
    await("both", () -> finds("red jumps", call) && finds("red jumps", other));
    assertTrue(finds("dog \"red fox\"", call));
    assertFalse(finds("dog \"red fox\"", other));
    assertFalse(finds("\"fox jumps\"", call), "a phrase stands in one message");
    assertFalse(finds("ed", call), "two letters begin a word");
    assertTrue(finds("ju", call));
  }

  @Test
  void what_was_found_is_shown() {
    String call = call("Hello", "a".repeat(300) + " Größe " + "b".repeat(300), "groß", "GROSSE");
    await("matches", () -> finds("große", call));
    await("all of them", () -> matches(call, "groß").size() == 3);
    JsonNode first = matches(call, "groß").get(0);
    assertEquals(2, first.get("sequence_number").asInt());
    assertEquals("user", first.get("role").asText());
    String snippet = first.get("snippet").asText();
    assertTrue(snippet.length() <= 160 && snippet.startsWith("…") && snippet.endsWith("…"));
    JsonNode place = first.at("/highlights/0");
    assertEquals("Größ", snippet.substring(place.get("start").asInt(), place.get("end").asInt()));
    String id = first.get("message_id").asText();
    assertEquals(
        "2",
        Tables.text(
            database,
            "select sequence_number from voice_messages where id = ?::uuid and call_id = ?::uuid",
            id,
            call));
    JsonNode plain = api.get(People.user(ada), Api.CALLS).is(200).json().at("/data/0");
    assertFalse(plain.has("matches"), "only where words are asked for");
    assertFalse(api.get(People.user(ada), Api.CALLS + "/" + call).json().has("matches"));
  }

  private JsonNode matches(String call, String q) {
    for (JsonNode each : found(People.user(ada), q).is(200).json().get("data")) {
      if (each.get("id").asText().equals(call)) {
        return each.get("matches");
      }
    }
    return Webhooks.JSON.createArrayNode();
  }

  @Test
  void messages_with_more_of_the_words_are_shown_first() {
    String call = call("apple", "apple", "apple", "apple and pear");
    await("pear", () -> finds("apple pear", call));
    List<String> shown = matches(call, "apple pear").findValuesAsText("snippet");
    assertEquals(List.of("apple", "apple", "apple and pear"), shown);
  }

  @Test
  void a_change_and_a_deletion_are_followed() {
    String call = call("the first wording");
    await("first", () -> finds("wording", call));
    Tables.write(
        database,
        "update voice_messages set content = 'another phrase' where call_id = ?::uuid",
        call);
    await("changed", () -> finds("phrase", call) && !finds("wording", call));
    Tables.write(
        database, "update voice_messages set sequence_number = 900 where call_id = ?::uuid", call);
    await("moved", () -> partsOf(call).equals(List.of("14")));
    assertTrue(finds("phrase", call));
    Tables.write(database, "delete from voice_messages where call_id = ?::uuid", call);
    await("deleted", () -> !finds("phrase", call));
    await("no part is left", () -> partsOf(call).isEmpty());
  }

  private List<String> partsOf(String call) {
    return Tables.texts(
        database, "select part from transcript_words where call_id = ?::uuid order by 1", call);
  }

  @Test
  void nobody_finds_what_they_may_not_see() {
    String guest = People.somebody();
    String call = call("the secret garden");
    await("garden", () -> finds("garden", call));
    assertEquals(List.of(), ids(found(People.user(guest), "garden")));
    api.patch(People.user(ada), call, "{\"invited_user_ids\":[\"" + guest + "\"]}").is(200);
    assertEquals(List.of(call), ids(found(People.user(guest), "garden", "include_total=true")));
    assertTrue(ids(found(People.admin(), "garden")).contains(call));
    JsonNode seen = found(People.user(guest), "garden").json().at("/data/0/matches/0/snippet");
    assertEquals("the secret garden", seen.asText());
    api.get(People.join("room", "x"), Api.CALLS + "?q=garden").is(403, "forbidden");
  }

  @Test
  void nothing_of_an_erased_call_is_found() {
    String call = call("ephemeral words");
    await("ephemeral", () -> finds("ephemeral", call));
    Tables.write(database, "update voice_calls set ended_at = now() where id = ?::uuid", call);
    api.delete(People.user(ada), call).is(200);
    assertFalse(finds("ephemeral", call));
    assertEquals(List.of(), partsOf(call));
  }

  @Test
  void it_goes_with_all_filters_sorts_and_pages() {
    List<String> needles = List.of(call("needle one"), call("needle two"), call("needle three"));
    String none = call("haystack");
    await("all", () -> ids(found(People.user(ada), "needle")).containsAll(needles));
    await("the other", () -> finds("haystack", none));
    List<String> calls = new ArrayList<>(ids(api.get(People.user(ada), Api.CALLS)));
    calls.retainAll(needles);
    for (String token : List.of(People.user(ada), People.service())) {
      String own = "user_id=" + ada + "&";
      Answer page = found(token, "needle", own + "limit=2&include_total=true");
      assertEquals("3", page.at("/total"));
      assertEquals(calls.subList(0, 2), ids(page));
      String next = own + "limit=2&cursor=" + page.at("/next_cursor");
      assertEquals(calls.subList(2, 3), ids(found(token, "needle", next)));
      String filters = own + "status=pending,active&metadata.none=x&agent=none";
      assertEquals(List.of(), ids(found(token, "needle", filters)));
      assertEquals(3, ids(found(token, "needle", own + "status=pending,active")).size());
      assertEquals(List.of(), ids(found(token, "needle", own + "sort=-cost_usd&min_cost=0")));
      assertEquals(List.of(none), ids(found(token, "haystack", own + "sort=started_at")));
    }
  }

  @Test
  void a_question_has_200_characters() {
    found(People.user(ada), "a".repeat(201)).isWrong("q");
    found(People.user(ada), "a".repeat(200)).is(200);
    api.get(People.user(ada), Api.CALLS + "?q=%00").is(400, "invalid-fields");
  }
}
