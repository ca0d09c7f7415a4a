package dev.voiceledger.join;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.voiceledger.FreshDatabase;
import dev.voiceledger.TestDatabase;
import dev.voiceledger.history.Api;
import dev.voiceledger.history.Api.Answer;
import dev.voiceledger.history.People;
import dev.voiceledger.history.Tables;
import dev.voiceledger.livekit.LiveKitDouble;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.URI;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code Idempotency-Key}: one key of one caller is one call. */
@QuarkusTest
@WithTestResource(FreshDatabase.class)
@WithTestResource(LiveKitDouble.class)
class CreateOnceTest {
  private static final String MARK_FAILS =
      """
      create sequence marks;
      create function mark_fails() returns trigger language plpgsql security definer as
        $$ begin
          if nextval('public.marks') <= %2$d then
            raise exception 'a test refuses this mark' using errcode = '%1$s';
          end if;
          return new;
        end $$;
      create trigger mark_fails before update on idempotency_keys
        for each row execute function mark_fails()\
      """;

  @TestHTTPResource URI base;
  LiveKitDouble livekit;
  TestDatabase database;

  private final String ada = People.somebody();
  private final String key = "key-" + People.somebody();
  private Api api;

  @BeforeEach
  void begin() {
    api = new Api(base);
    livekit.works();
  }

  private Answer create(String user, String body) {
    return api.post(People.user(user), Api.CALLS, body, "Idempotency-Key", key);
  }

  private String calls(String user) {
    return Tables.text(
        database,
        "select string_agg(status::text || coalesce(' ' || end_reason, ''), ', ' order by status)"
            + " from voice_calls where user_id = cast(? as uuid)",
        user);
  }

  @Test
  void a_repeat_answers_the_same_call_and_a_token_that_is_fresh() {
    Answer first = create(ada, "{\"title\":\"one\"}").is(201);
    Answer again = create(ada, "{\"title\":\"one\"}").is(200);

    assertEquals(first.json().get("call"), again.json().get("call"));
    assertEquals(
        first.at("/call/id"),
        JoinClaims.of(again.at("/participant_token")).get("call_id").textValue());
    assertEquals("pending", calls(ada));
    assertEquals(1, livekit.asked().size());
  }

  @Test
  void another_body_is_a_conflict() {
    create(ada, "{\"title\":\"one\"}").is(201);
    create(ada, "{\"title\":\"two\"}").is(409, "conflict");
    assertEquals("pending", calls(ada));
  }

  @Test
  void another_caller_s_same_key_is_its_own() {
    Answer mine = create(ada, "{}").is(201);
    Answer other = create(People.somebody(), "{}").is(201);
    Answer service = api.post(People.service(), Api.CALLS, "{}", "Idempotency-Key", key).is(201);

    assertNotEquals(mine.at("/call/id"), other.at("/call/id"));
    assertNotEquals(mine.at("/call/id"), service.at("/call/id"));
  }

  @Test
  void while_the_first_is_under_way_a_repeat_is_a_conflict() throws Exception {
    livekit.slow(Duration.ofMillis(1500));
    Supplier<Answer> first = () -> create(ada, "{}");
    Supplier<Answer> second =
        () -> {
          while (livekit.asked().isEmpty()) {
            Thread.onSpinWait();
          }
          return create(ada, "{}");
        };
    List<Answer> answers = Api.atOnce(List.of(first, second));

    answers.get(0).is(201);
    answers.get(1).is(409, "conflict");
    assertEquals(answers.get(0).json().get("call"), create(ada, "{}").is(200).json().get("call"));
  }

  @Test
  void sixteen_at_once_make_one_call() {
    livekit.slow(Duration.ofMillis(200));
    List<Answer> answers = Api.atOnce(Collections.nCopies(16, () -> create(ada, "{}")));

    assertEquals(1, answers.stream().filter(answer -> answer.status() == 201).count());
    assertEquals(
        15, answers.stream().filter(answer -> List.of(409, 200).contains(answer.status())).count());
    assertEquals("pending", calls(ada));
    assertEquals(1, livekit.asked().size());
  }

  @Test
  void after_livekit_s_trouble_a_repeat_makes_a_new_call_and_the_failed_one_stays() {
    livekit.answers(500, "{}");
    create(ada, "{}").is(502, "livekit-unavailable");
    create(ada, "{}").is(502, "livekit-unavailable");
    livekit.works();
    Answer made = create(ada, "{}").is(201);

    assertEquals("pending, failed room_not_created, failed room_not_created", calls(ada));
    assertEquals(made.at("/call/id"), create(ada, "{}").is(200).at("/call/id"));
  }

  /** What befalls the key's mark befalls the call, or it would be made a second time. */
  @ParameterizedTest
  @CsvSource({"55P03, 1", "55P03, 1000", "XX000, 1000"})
  void a_mark_that_fails_makes_no_second_call(String sqlState, int times) {
    database.asSuperuser(MARK_FAILS.formatted(sqlState, times));
    try {
      create(ada, "{}");
    } finally {
      database.asSuperuser("drop sequence marks; drop function mark_fails() cascade");
    }
    Answer later = create(ada, "{}");

    assertTrue(List.of(200, 201).contains(later.status()), later::toString);
    assertEquals("pending", calls(ada));
    assertEquals(later.at("/call/id"), create(ada, "{}").is(200).at("/call/id"));
  }

  @Test
  void a_key_of_yesterday_is_free_again() {
    String first = create(ada, "{}").is(201).at("/call/id");
    Tables.write(
        database,
        "update idempotency_keys set created_at = now() - interval '24 hours 1 second'"
            + " where key = ?",
        key);
    assertNotEquals(first, create(ada, "{\"title\":\"other\"}").is(201).at("/call/id"));
  }

  @Test
  void the_key_of_an_erased_call_is_free_again() {
    String first = create(ada, "{}").is(201).at("/call/id");
    api.delete(People.user(ada), first).is(200);
    assertNotEquals(first, create(ada, "{}").is(201).at("/call/id"));
  }

  @Test
  void a_key_is_visible_ascii() {
    api.post(People.user(ada), Api.CALLS, "{}", "Idempotency-Key", "a b")
        .isWrong("Idempotency-Key");
  }

  @Test
  void a_key_is_of_bounded_length() {
    String token = People.user(ada);
    api.post(token, Api.CALLS, "{}", "Idempotency-Key", "x".repeat(255)).is(201);
    api.post(token, Api.CALLS, "{}", "Idempotency-Key", "x".repeat(256)).is(400, "invalid-fields");
  }

  @Test
  void a_body_that_is_refused_takes_no_key() {
    create(ada, "{\"title\":1}").is(400);
    create(ada, "{}").is(201);
  }
}
