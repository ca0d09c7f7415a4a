package dev.voiceledger.report;

import dev.voiceledger.ledger.Kind;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

/**
 * The ends of reports as a kind of the ledger's entries: usage, and the fact that a report is in,
 * in one transaction; its messages are there before. Locks: the calls first, then what hangs on
 * them, each sorted.
 */
final class Reports implements Kind<Told, Reports.Kept> {

  /**
   * What became of one.
   *
   * @param changed how many of its usage rows were new or replaced others
   * @param first whether it was the first report of its call
   * @param completeness of the call by now; null where there is no such call any more
   */
  record Kept(int changed, boolean first, String completeness) {}

  @Override
  public List<String> statements() {
    return List.of(
        ReportStore.CALLS_ARE_LOCKED,
        ReportStore.USAGE,
        ReportStore.REPORTED,
        ReportStore.COMPLETENESS);
  }

  @Override
  public List<Write> writes(List<Told> entries) {
    Set<String> calls = new TreeSet<>();
    entries.forEach(told -> calls.add(told.callId().toString()));
    List<UUID> ids = calls.stream().map(UUID::fromString).toList();
    List<Write> writes = new ArrayList<>();
    writes.add(new Write(ReportStore.CALLS_ARE_LOCKED, ReportStore.calls(ids)));
    SortedMap<String, UsageRow> usage = merged(entries);
    writes.add(new Write(ReportStore.USAGE, ReportStore.usage(usage.values())));
    writes.add(new Write(ReportStore.REPORTED, ReportStore.calls(ids)));
    writes.add(new Write(ReportStore.COMPLETENESS, ReportStore.calls(ids)));
    return writes;
  }

  private static SortedMap<String, UsageRow> merged(List<Told> entries) {
    SortedMap<String, UsageRow> usage = new TreeMap<>();
    entries.forEach(told -> told.usage().forEach(row -> usage.merge(row.key(), row, UsageRow::or)));
    return usage;
  }

  @Override
  public List<Kept> results(List<Told> entries, List<RowSet<Row>> answers) {
    SortedMap<String, UsageRow> merged = merged(entries);
    Set<String> written = new HashSet<>();
    answers.get(1).forEach(row -> written.add(key(row)));
    Set<UUID> first = new HashSet<>();
    answers.get(2).forEach(row -> first.add(row.getUUID(0)));
    Map<UUID, String> completeness = new HashMap<>();
    answers.get(3).forEach(row -> completeness.put(row.getUUID(0), row.getString(1)));
    return entries.stream()
        .map(told -> {
          long changed =
              told.usage().stream()
                  .filter(row -> written.contains(row.key()) && merged.get(row.key()) == row)
                  .count();
          UUID id = told.callId();
          return new Kept((int) changed, first.contains(id), completeness.get(id));
        })
        .toList();
  }

  private static String key(Row row) {
    return String.join(
        "\0",
        row.getUUID(0).toString(),
        row.getString(1),
        row.getString(2),
        row.getString(3),
        row.getString(4));
  }

  @Override
  public UUID callId(Told told) {
    return told.callId();
  }

  @Override
  public int hash(Told told) {
    return told.callId().hashCode();
  }

  @Override
  public String label(Told told) {
    return "callId=" + told.callId();
  }

  @Override
  public Optional<Told> refused(Told told, String reason) {
    return Optional.empty();
  }

  @Override
  public boolean refusesTooLong() {
    return true;
  }
}
