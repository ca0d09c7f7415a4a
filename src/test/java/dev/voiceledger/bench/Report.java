package dev.voiceledger.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.voiceledger.bench.Floor.Ceiling;
import dev.voiceledger.bench.Run.Shown;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** What was measured, for people and, under target/bench, for machines. */
final class Report {
  private static final Path FOLDER = Path.of("target", "bench");
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  private final Plan plan;
  private final StringBuilder text = new StringBuilder();
  private final List<Ceiling> ceilings = new ArrayList<>();

  Report(Plan plan) {
    this.plan = plan;
    says(
        "%d rounds; warm-up %d s at 32 connections; %d s a cell; %d processors, %s, Java %s"
            .formatted(
                plan.rounds(),
                plan.warmUpSeconds(),
                plan.seconds(),
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("os.name") + " " + System.getProperty("os.arch"),
                Runtime.version()));
  }

  private void says(String line) {
    System.err.println(line);
    text.append(line).append('\n');
  }

  void says(Shown shown) {
    says("");
    says(
        "%s: started in %.2f s, peak memory %.0f MiB, %.0f CPU us an event in all%s"
            .formatted(
                shown.kind().label,
                shown.startSeconds(),
                shown.peakMib(),
                shown.microsAnEvent(),
                shown.wrong().isEmpty() ? "; all rows right" : "; " + shown.wrong()));
    says("| load | events/s | p50 ms | p99 ms | p99.9 ms | CPU us | of it PostgreSQL | WAL B |");
    says("|---|---:|---:|---:|---:|---:|---:|---:|");
    shown.cells().forEach(cell -> says(row(cell)));
  }

  private static String row(Figures of) {
    return String.format(
        Locale.ROOT,
        "| %s | %.0f | %.2f | %.2f | %.2f | %.0f | %.0f | %.0f |",
        of.cell(),
        of.perSecond(),
        of.p50Ms(),
        of.p99Ms(),
        of.p999Ms(),
        of.micros(),
        of.postgresMicros(),
        of.walBytes());
  }

  void says(List<Ceiling> floor) {
    says("");
    says("The floor, one transaction an event by pgbench with no server in front:");
    floor.forEach(each -> says("  " + each));
    ceilings.addAll(floor);
  }

  /** Ratios of the means of all rounds, and all of it kept. */
  void ends(List<Shown> all) throws IOException {
    says("");
    says("Ratios to the peer, over all rounds:");
    says("| load | events/s | CPU an event | p99 |");
    says("|---|---:|---:|---:|");
    for (Cell cell : plan.cells()) {
      says(
          String.format(
              Locale.ROOT,
              "| %s | %.2f | %.2f | %.2f |",
              cell,
              ratio(all, cell),
              ratio(all, cell, Figures::micros),
              ratio(all, cell, Figures::p99Ms)));
    }
    says(
        String.format(
            Locale.ROOT,
            "CPU an event, with all that was put off (words, live numbers, figures): %.2f",
            whole(all, Subject.Kind.VOICELEDGER) / whole(all, Subject.Kind.FASTIFY)));
    double most = plan.cells().stream().mapToDouble(cell -> mean(all, cell)).max().orElseThrow();
    ceilings.stream()
        .mapToDouble(Ceiling::perSecond)
        .max()
        .ifPresent(best -> says("To the best of the floor: %.2f".formatted(most / best)));
    keep(all);
  }

  private static double whole(List<Shown> all, Subject.Kind kind) {
    return all.stream()
        .filter(shown -> shown.kind() == kind)
        .mapToDouble(Shown::microsAnEvent)
        .average()
        .orElseThrow();
  }

  private static double mean(List<Shown> all, Cell cell) {
    return mean(all, cell, Subject.Kind.VOICELEDGER, Figures::perSecond);
  }

  private void keep(List<Shown> all) throws IOException {
    Files.createDirectories(FOLDER);
    String name = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString().replace(":", "");
    Files.writeString(FOLDER.resolve(name + ".md"), text, UTF_8);
    JSON.writeValue(
        FOLDER.resolve(name + ".json").toFile(), Map.of("runs", all, "floor", ceilings));
  }

  /** How many times as many events a second as the peer's. */
  static double ratio(List<Shown> all, Cell cell) {
    return ratio(all, cell, Figures::perSecond);
  }

  private static double ratio(List<Shown> all, Cell cell, ToDoubleFunction<Figures> figure) {
    return mean(all, cell, Subject.Kind.VOICELEDGER, figure)
        / mean(all, cell, Subject.Kind.FASTIFY, figure);
  }

  private static double mean(
      List<Shown> all, Cell cell, Subject.Kind kind, ToDoubleFunction<Figures> figure) {
    return all.stream()
        .filter(shown -> shown.kind() == kind)
        .flatMap(shown -> shown.cells().stream())
        .filter(of -> of.cell().equals(cell))
        .mapToDouble(figure)
        .average()
        .orElseThrow();
  }
}
