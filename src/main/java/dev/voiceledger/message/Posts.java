package dev.voiceledger.message;

import dev.voiceledger.ledger.Kind;
import dev.voiceledger.message.Post.Address;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;

/**
 * Posts as a kind of the ledger's entries. Those of one address that meet in a group are merged to
 * one; then the group is written in waves, most often one.
 */
final class Posts implements Kind<Post, Stored> {
  @Override
  public List<String> statements() {
    return List.of(
        PostStore.CALLS_ARE_LOCKED, PostStore.NAMES_ARE_JOINED, PostStore.POSTS, PostedStore.ROWS);
  }

  @Override
  public List<Write> writes(List<Post> entries) {
    Set<String> calls = new TreeSet<>();
    entries.forEach(post -> calls.add(post.callId().toString()));
    List<Write> writes = new ArrayList<>();
    List<UUID> ids = calls.stream().map(UUID::fromString).toList();
    writes.add(new Write(PostStore.CALLS_ARE_LOCKED, PostStore.calls(ids)));
    Map<Address, Post> merged = merged(entries);
    for (List<Post> wave : Wave.of(merged.values())) {
      List<Post> joining =
          wave.stream().filter(post -> post.namesId() && post.namesSegment()).toList();
      if (!joining.isEmpty()) {
        writes.add(new Write(PostStore.NAMES_ARE_JOINED, PostStore.names(joining)));
      }
      writes.add(new Write(PostStore.POSTS, PostStore.posts(wave)));
    }
    writes.add(new Write(PostedStore.ROWS, PostStore.names(merged.values())));
    return writes;
  }

  private static Map<Address, Post> merged(List<Post> posts) {
    Map<Address, Post> merged = new LinkedHashMap<>();
    posts.forEach(post -> merged.merge(post.address(), post, Post::or));
    return merged;
  }

  /** The last answer has the rows, by the places of the addresses. */
  @Override
  public List<Stored> results(List<Post> entries, List<RowSet<Row>> answers) {
    Map<UUID, Boolean> written = new HashMap<>();
    for (RowSet<Row> wave : answers.subList(1, answers.size() - 1)) {
      wave.forEach(row -> {
        // What was new in this group stays so under its other name.
        boolean fresh =
            row.getBoolean("fresh")
                || written.getOrDefault(row.getUUID("was"), false)
                || written.getOrDefault(row.getUUID("lost"), false);
        written.merge(row.getUUID("id"), fresh, Boolean::logicalOr);
      });
    }
    Map<Long, Stored> rows = HashMap.newHashMap(answers.getLast().size());
    answers.getLast().forEach(row -> rows.put(row.getLong("place"), stored(row, written)));
    Map<Address, Stored> stored = HashMap.newHashMap(rows.size());
    long place = 0;
    for (Address address : merged(entries).keySet()) {
      stored.put(address, rows.getOrDefault(++place, Stored.NOWHERE));
    }
    return entries.stream().map(post -> stored.get(post.address())).toList();
  }

  /**
   * What was said of a row.
   *
   * @param written by its id, whether it is new, of each that changed
   */
  private static Stored stored(Row row, Map<UUID, Boolean> written) {
    if (row.getBoolean("clash")) {
      return Stored.CLASH;
    }
    UUID id = row.getUUID("id");
    boolean fresh = written.getOrDefault(id, false);
    return row.getString("content") == null
        ? new Stored(fresh, written.containsKey(id), null, Stored.TOO_LARGE)
        : new Stored(fresh, written.containsKey(id), MessageView.of(row), null);
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

  @Override
  public boolean refusesTooLong() {
    return true;
  }
}
