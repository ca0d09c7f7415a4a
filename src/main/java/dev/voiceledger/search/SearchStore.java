package dev.voiceledger.search;

import dev.voiceledger.platform.Database;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.UUID;

/** Statements of the search, each within a transaction of the one who asks. */
@ApplicationScoped
class SearchStore {
  /** Of a longer message only its beginning is searched. */
  static final int CONTENT_MAX = 16_384;

  static final int PART_NUMBERS = 64;

  private static final String TAKE =
      "select call_id, part, quiet from voiceledger.take_words_due(?1)";
  private static final String OPEN = "select call_id, part, folded from voiceledger.open_words(?1)";
  private static final String PUT_OFF = "select cast(voiceledger.put_words_off(?1, ?2) as text)";
  private static final String LAG = "select voiceledger.words_lag_seconds()";

  private static final String MESSAGES =
      """
      select m.id, left(m.content, ?4) from voice_messages m
      where m.call_id = ?1 and m.sequence_number between ?2 and ?3 order by m.sequence_number\
      """;

  /** No pieces where there is nothing between them. */
  private static final String WRITE =
      """
      insert into transcript_words (call_id, part, message_ids, folded, words, changed_at)
      values (?1, ?2, cast(string_to_array(?3, ',') as uuid[]), ?4,
        case when ?5 <> '' then array_to_tsvector(string_to_array(?5, ' ')) end, now())
      on conflict (call_id, part) do update set message_ids = excluded.message_ids,
        folded = excluded.folded, words = excluded.words, changed_at = excluded.changed_at
      returning part\
      """;

  private static final String CLOSE =
      """
      update transcript_words set words = array_to_tsvector(string_to_array(?3, ' '))
      where call_id = ?1 and part = ?2 returning part\
      """;

  private static final String REMOVE =
      "delete from transcript_words where call_id = ?1 and part = ?2 returning part";

  private final Database database;

  SearchStore(Database database) {
    this.database = database;
  }

  /** Parts whose words are to be written: call, part, and whether nothing changed lately. */
  Uni<List<Object[]>> take(int partsMax) {
    return database.ask(TAKE, Object[].class, partsMax);
  }

  Uni<List<Object[]>> open(int partsMax) {
    return database.ask(OPEN, Object[].class, partsMax);
  }

  /** A part whose words cannot be written now is due in a minute, behind what is due by then. */
  Uni<?> putOff(UUID callId, int part) {
    return database.ask(PUT_OFF, String.class, callId, part);
  }

  Uni<Double> lagSeconds() {
    return database.ask(LAG, Double.class).map(List::getFirst);
  }

  /** What was said in a part: ids and contents. */
  Uni<List<Object[]>> messages(UUID callId, int part) {
    int first = part * PART_NUMBERS;
    int last = first + PART_NUMBERS - 1;
    return database.ask(MESSAGES, Object[].class, callId, first, last, CONTENT_MAX);
  }

  /**
   * @param messageIds parted by commas
   * @param pieces parted by spaces; empty of a part that still grows
   */
  Uni<?> write(UUID callId, int part, String messageIds, String folded, String pieces) {
    return database.ask(WRITE, Integer.class, callId, part, messageIds, folded, pieces);
  }

  Uni<?> close(UUID callId, int part, String pieces) {
    return database.ask(CLOSE, Integer.class, callId, part, pieces);
  }

  Uni<?> remove(UUID callId, int part) {
    return database.ask(REMOVE, Integer.class, callId, part);
  }
}
