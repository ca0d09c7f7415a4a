package dev.voiceledger.message;

import dev.voiceledger.ledger.Kind;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;

/**
 * Posts as a kind of the ledger's entries. Posts of one message that meet in a group are merged to
 * one; those that name their number go one by one, for the free ones change with each.
 */
final class Posts implements Kind<Post, Posts.Stored> {

  /**
   * What became of a post.
   *
   * @param fresh whether the message is new with this group
   * @param written whether the group changed it, be it new or not
   * @param clash whether id and segment_id belong to two messages
   * @param message as it stands; null where the poster may not write there, or the call is none
   */
  record Stored(boolean fresh, boolean written, boolean clash, MessageView message) {
    static final Stored REFUSED = new Stored(false, false, false, null);
  }

  @Override
  public List<String> statements() {
    return List.of(PostStore.CALLS_ARE_LOCKED, PostStore.POSTS, PostStore.ROWS);
  }

  @Override
  public List<Write> writes(List<Post> entries) {
    Set<String> calls = new TreeSet<>();
    entries.forEach(post -> calls.add(post.callId().toString()));
    List<Write> writes = new ArrayList<>();
    List<UUID> ids = calls.stream().map(UUID::fromString).toList();
    writes.add(new Write(PostStore.CALLS_ARE_LOCKED, PostStore.calls(ids)));
    List<Post> unnumbered = new ArrayList<>();
    for (Post post : merged(entries)) {
      if (post.number() == null) {
        unnumbered.add(post);
      } else {
        writes.add(new Write(PostStore.POSTS, PostStore.posts(List.of(post))));
      }
    }
    if (!unnumbered.isEmpty()) {
      writes.add(new Write(PostStore.POSTS, PostStore.posts(unnumbered)));
    }
    writes.add(new Write(PostStore.ROWS, PostStore.keys(entries)));
    return writes;
  }

  /** One for each message, in the order in which they came. */
  static List<Post> merged(List<Post> posts) {
    Map<String, String> segmentOfId = new HashMap<>();
    Map<String, Post> byKey = new LinkedHashMap<>();
    for (Post post : posts) {
      String id = post.callId() + "/" + post.id();
      String own = post.callId() + "/" + post.segmentId();
      String key = byKey.containsKey(own) ? own : segmentOfId.getOrDefault(id, own);
      segmentOfId.putIfAbsent(id, key);
      segmentOfId.putIfAbsent(own, key);
      byKey.merge(segmentOfId.getOrDefault(own, key), post, Post::or);
    }
    return List.copyOf(byKey.values());
  }

  @Override
  public List<Stored> results(List<Post> entries, List<RowSet<Row>> answers) {
    Set<UUID> fresh = new HashSet<>();
    Set<UUID> written = new HashSet<>();
    for (RowSet<Row> group : answers.subList(1, answers.size() - 1)) {
      group.forEach(row -> {
        written.add(row.getUUID(1));
        if (row.getBoolean(2)) {
          fresh.add(row.getUUID(1));
        }
      });
    }
    Stored[] stored = new Stored[entries.size()];
    Arrays.fill(stored, Stored.REFUSED);
    answers
        .getLast()
        .forEach(row -> {
          UUID id = row.getUUID("id");
          stored[row.getLong("place").intValue() - 1] =
              new Stored(
                  fresh.contains(id),
                  written.contains(id),
                  row.getBoolean("clash"),
                  MessageView.of(row));
        });
    return List.of(stored);
  }

  @Override
  public UUID callId(Post post) {
    return post.callId();
  }

  @Override
  public int hash(Post post) {
    return post.callId().hashCode();
  }

  @Override
  public String label(Post post) {
    return "callId=" + post.callId() + " messageId=" + post.id();
  }

  @Override
  public Optional<Post> refused(Post post, String reason) {
    return Optional.empty();
  }
}
