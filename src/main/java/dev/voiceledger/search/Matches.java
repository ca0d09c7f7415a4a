package dev.voiceledger.search;

import dev.voiceledger.platform.Aside;
import dev.voiceledger.platform.Database;
import dev.voiceledger.platform.Times;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** What to show of calls that were found: up to three messages each, with the words in them. */
public final class Matches {
  /** Contents in memory at a time; a message may be long. */
  private static final int MESSAGES_MAX = 60;

  private final MatchStore store;
  private final Words words;

  /**
   * @param database within a transaction of whoever reads
   */
  public Matches(Database database, Words words) {
    this.store = new MatchStore(database);
    this.words = words;
  }

  /** By call, in the order of the messages; a message that changed meanwhile may be missing. */
  public Uni<Map<UUID, List<Match>>> of(List<UUID> callIds) {
    if (callIds.isEmpty()) {
      return Uni.createFrom().item(Map.of());
    }
    return store.found(callIds, words).chain(this::shown);
  }

  private Uni<Map<UUID, List<Match>>> shown(List<Object[]> found) {
    Map<UUID, List<Match>> matches = new HashMap<>();
    return Multi.createFrom()
        .iterable(found)
        .group()
        .intoLists()
        .of(MESSAGES_MAX)
        .onItem()
        .transformToUniAndConcatenate(
            some -> store.messages(some).chain(rows -> Aside.of(() -> added(matches, rows))))
        .collect()
        .last()
        .replaceWith(matches);
  }

  private Map<UUID, List<Match>> added(Map<UUID, List<Match>> matches, List<Object[]> rows) {
    rows.forEach(row -> add(matches, row));
    return matches;
  }

  private void add(Map<UUID, List<Match>> matches, Object[] row) {
    Snippet.of((String) row[5], words)
        .ifPresent(snippet ->
            matches
                .computeIfAbsent((UUID) row[0], call -> new ArrayList<>())
                .add(
                    new Match(
                        (UUID) row[1],
                        (Integer) row[2],
                        (String) row[3],
                        Times.text(((OffsetDateTime) row[4]).toInstant()),
                        snippet.text(),
                        snippet.highlights())));
  }
}
