package dev.voiceledger.message;

import dev.voiceledger.ledger.Kind.Write;
import dev.voiceledger.platform.AskedDatabase;
import dev.voiceledger.platform.AskedDatabase.Asked;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** What the stores of messages send. */
public final class PostWrites {
  private PostWrites() {}

  /** For a group of so many new messages of one call, posted by an agent. */
  public static List<Write> of(UUID callId, int count) {
    List<Post> posts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Poster agent = new Poster("agent:agent-7", Poster.TRUSTED, null, "agent-7", null);
      posts.add(Post.of(callId, said(callId, "SG_" + UUID.randomUUID()), agent));
    }
    return new Posts().writes(posts);
  }

  private static Said said(UUID callId, String segmentId) {
    return new Said(
        callId.toString(),
        null,
        segmentId,
        "assistant",
        "Yes, I can move your appointment to Thursday at ten; shall I send a confirmation?",
        "voice",
        null,
        null,
        "agent-7",
        true,
        false,
        null,
        "openai",
        "a-model",
        null,
        120,
        40,
        new BigDecimal("0.000150"),
        420,
        "{}");
  }

  /** For the end of a page. */
  public static Asked nextPage(UUID callId, int after, int limit) {
    AskedDatabase database = new AskedDatabase();
    MessageStore.nextPage(database, callId, after, limit).await().indefinitely();
    return database.last();
  }
}
