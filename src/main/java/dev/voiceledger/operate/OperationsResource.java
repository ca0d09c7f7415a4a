package dev.voiceledger.operate;

import dev.voiceledger.access.Callers;
import dev.voiceledger.ledger.Ledger;
import dev.voiceledger.operate.Operations.Finding;
import dev.voiceledger.operate.Operations.Key;
import dev.voiceledger.platform.Database;
import dev.voiceledger.platform.DatabasePool;
import dev.voiceledger.platform.LiveKitKeys;
import dev.voiceledger.platform.PoolUse;
import dev.voiceledger.platform.Replica;
import dev.voiceledger.platform.Times;
import dev.voiceledger.retention.Kept;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.OptionalInt;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.extensions.Extension;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.server.Cancellable;

/** {@code GET /api/v1/operations}: the first thing to look at when something is wrong. */
@Path("/api/v1/operations")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Operations")
public class OperationsResource {
  private final Callers callers;
  private final Database database;
  private final OperationsStore store;
  private final FindingsStore findings;
  private final SizesStore sizes;
  private final LiveKitKeys keys;
  private final Kept kept;
  private final Ledger ledger;
  private final PoolUse pool;
  private final Replica replica;
  private final InstantSource clock;

  OperationsResource(
      Callers callers,
      Database database,
      OperationsStore store,
      FindingsStore findings,
      SizesStore sizes,
      LiveKitKeys keys,
      Kept kept,
      Ledger ledger,
      PoolUse pool,
      Replica replica,
      InstantSource clock) {
    this.callers = callers;
    this.database = database;
    this.store = store;
    this.findings = findings;
    this.sizes = sizes;
    this.keys = keys;
    this.kept = kept;
    this.ledger = ledger;
    this.pool = pool;
    this.replica = replica;
    this.clock = clock;
  }

  @GET
  @Cancellable(false)
  @Operation(
      operationId = "showOperations",
      summary = "The whole at a glance: keys, failed events, calls under way, sizes, this replica",
      extensions = @Extension(name = "x-who", value = "operators"))
  public Uni<Operations> show(@Context HttpHeaders headers) {
    return callers
        .operator(headers)
        .chain(caller -> {
          Instant now = clock.instant();
          Operations.Replica here = here(now); // before this very question takes a connection
          return caller
              .listing(database, this::seen)
              .chain(seen -> sizes.tables().map(tables -> view(now, here, seen, tables)));
        });
  }

  /** What is told from one transaction. */
  private record Seen(Facts facts, List<Finding> reconciled) {}

  private Uni<Seen> seen() {
    return store
        .facts()
        .chain(facts -> findings.newest().map(reconciled -> new Seen(facts, reconciled)));
  }

  private Operations view(
      Instant now, Operations.Replica here, Seen seen, List<Operations.Table> tables) {
    Facts facts = seen.facts();
    return new Operations(
        Times.text(now),
        here,
        heard(facts),
        facts.failed(),
        facts.calls(),
        seen.reconciled(),
        retention(facts.oldest()),
        tables);
  }

  private Operations.Replica here(Instant now) {
    return new Operations.Replica(
        replica.id(),
        replica.version(),
        Times.text(replica.startedAt()),
        Duration.between(replica.startedAt(), now).toSeconds(),
        ledger.depth(),
        new Operations.Pool(
            DatabasePool.SIZE, pool.inUse(), pool.waiting(), DatabasePool.WAITING_MAX));
  }

  private List<Key> heard(Facts facts) {
    return keys.names().stream()
        .sorted()
        .map(key -> new Key(key, Times.text(facts.heard().get(key))))
        .toList();
  }

  private Operations.Retention retention(Facts.Oldest oldest) {
    return new Operations.Retention(
        days(kept.rawDays()),
        days(kept.callsDays()),
        Times.text(oldest.event()),
        Times.text(oldest.call()),
        Times.text(oldest.eventsSweptAt()),
        Times.text(oldest.callsSweptAt()));
  }

  private static Integer days(OptionalInt days) {
    return days.isPresent() ? days.getAsInt() : null;
  }
}
