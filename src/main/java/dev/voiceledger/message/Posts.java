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
final class Posts implements Kind<Post, Stored> {

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
      if (post.said().number() == null) {
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
    for (RowSet<Row> written : answers.subList(1, answers.size() - 1)) {
      written.forEach(row -> {
        if (row.getBoolean(2)) {
          fresh.add(row.getUUID(1));
        }
      });
    }
    Stored[] stored = new Stored[entries.size()];
    Arrays.fill(stored, Stored.NOWHERE);
    answers
        .getLast()
        .forEach(row -> {
          boolean isFresh = fresh.contains(row.getUUID("id"));
          stored[row.getLong("place").intValue() - 1] =
              row.getBoolean("clash")
                  ? Stored.CLASH
                  : new Stored(isFresh, MessageView.of(row), null);
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
