package dev.voiceledger.message;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What may stand in one statement: nothing that could be one message, or want one number. */
class WaveTest {
  private static final UUID CALL = UUID.randomUUID();
  private static final UUID OTHER = UUID.randomUUID();
  private static final UUID ID = UUID.randomUUID();
  private static final Poster SERVICE = new Poster("service", 3, null, null, null);
  private static final Poster USER = new Poster("user:x", 1, UUID.randomUUID(), null, null);

  private static Post post(UUID call, UUID id, String segment, Integer number, Poster poster) {
    return Post.of(
        call,
        new Said(
            "", id, segment, "user", "x", "text", number, null, null, true, false, null, null, null,
            null, null, null, null, null, "{}"),
        poster);
  }

  private static int waves(Post... posts) {
    return Wave.of(Arrays.asList(posts)).size();
  }

  @Test
  void different_messages_go_together() {
    assertEquals(
        1,
        waves(
            post(CALL, null, null, null, SERVICE),
            post(CALL, null, null, null, SERVICE),
            post(CALL, null, "S1", null, SERVICE),
            post(CALL, null, "S2", null, USER),
            post(OTHER, null, "S1", null, SERVICE),
            post(CALL, ID, "S3", null, SERVICE),
            post(UUID.randomUUID(), ID, "S3", 5, SERVICE)));
  }

  @Test
  void what_could_be_one_message_goes_apart() {
    assertEquals(2, waves(post(CALL, null, "S", null, SERVICE), post(CALL, null, "S", null, USER)));
    assertEquals(2, waves(post(CALL, ID, "S", null, SERVICE), post(CALL, ID, "T", null, SERVICE)));
    assertEquals(2, waves(post(CALL, ID, null, null, SERVICE), post(CALL, null, "S", null, USER)));
  }

  @Test
  void whoever_names_a_number_goes_alone_in_its_call() {
    assertEquals(
        3,
        waves(
            post(CALL, null, null, 1, SERVICE),
            post(CALL, null, null, 1, SERVICE),
            post(CALL, null, null, null, SERVICE),
            post(OTHER, null, null, 1, SERVICE)));
  }

  @Test
  void of_one_address_one_post_holds_and_the_least_number_that_was_named() {
    Post named = post(CALL, null, "S", 7, SERVICE);
    Post later = post(CALL, null, "S", null, SERVICE);
    assertEquals(named.address(), later.address());
    assertEquals(7, later.or(named).number());
    assertEquals(7, named.or(later).number());
    assertEquals(3, named.or(post(CALL, null, "S", 3, SERVICE)).number());
  }
}
