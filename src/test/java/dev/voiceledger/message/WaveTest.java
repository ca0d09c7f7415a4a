package dev.voiceledger.message;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
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

  /** Else the post of one who was removed could hold against another's, and then not be written. */
  @Test
  void posts_of_two_tokens_are_not_merged() {
    Poster first = new Poster("agent:a", 3, null, "a", Instant.EPOCH);
    Poster second = new Poster("agent:a", 3, null, "a", Instant.MAX);
    Poster other = new Poster("agent:b", 3, null, "b", Instant.EPOCH);
    Set<Post.Address> addresses = new HashSet<>();
    for (Poster poster : List.of(SERVICE, first, second, other)) {
      addresses.add(post(CALL, null, "S", null, poster).address());
    }
    assertEquals(4, addresses.size());
  }
}
