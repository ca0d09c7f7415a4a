package dev.voiceledger.transcript;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.voiceledger.access.CallAccess;
import dev.voiceledger.access.Caller;
import dev.voiceledger.platform.Aside;
import dev.voiceledger.platform.Problem.Type;
import dev.voiceledger.platform.Turns;
import dev.voiceledger.transcript.Reading.Piece;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.jboss.logging.Logger;

/**
 * Reads transcripts piece by piece, each when the one before it is sent, each in a transaction of
 * its own and under the caller's own rights: nobody who reads slowly holds a connection to the
 * database, and who may not see the call any more reads no further.
 */
@ApplicationScoped
class Transcripts {
  private static final Logger LOG = Logger.getLogger(Transcripts.class);
  private static final int LARGE_AT_ONCE_MAX = 2;
  private static final int ORDER_ROWS_MAX = 5_000;

  /** Of all transcripts that are being read: some 24 bytes each. */
  private static final int TURNS_MAX = 1_000_000;

  private final CallAccess access;
  private final TranscriptStore store;
  private final ObjectMapper json;
  private final Turns large = new Turns(LARGE_AT_ONCE_MAX, "long texts");
  private final AtomicInteger turns = new AtomicInteger();

  Transcripts(CallAccess access, TranscriptStore store, ObjectMapper json) {
    this.access = access;
    this.store = store;
    this.json = json;
  }

  Uni<Opened> open(Caller caller, String id) {
    return access.in(
        caller,
        id,
        callId ->
            store
                .call(callId)
                .chain(call ->
                    store
                        .people(callId)
                        .map(people -> Opened.of(caller, callId, call.getFirst(), people))));
  }

  Multi<byte[]> read(Opened opened, Format format) {
    int most = Math.max(1, opened.messages());
    if (turns.addAndGet(most) > TURNS_MAX) {
      turns.addAndGet(-most);
      return Multi.createFrom()
          .failure(() -> Type.OVERLOADED.because("too many long transcripts are being read"));
    }
    return Multi.createBy()
        .repeating()
        .uni(() -> new Reading(opened, Rendering.of(format, json)), this::next)
        .whilst(piece -> !piece.last())
        .map(Piece::bytes)
        .onTermination()
        .invoke(() -> turns.addAndGet(-most));
  }

  /** Whoever hangs up does not stop a transaction half way, whose connection would be lost. */
  private Uni<Piece> next(Reading reading) {
    Uni<Piece> piece =
        reading.begun()
            ? page(reading).onFailure().transform(why -> cut(reading.opened.callId(), why))
            : order(reading.opened, new TurnOrder())
                .chain(order -> Aside.of(() -> reading.begin(order.sorted())));
    return piece.memoize().indefinitely();
  }

  /** Of texts that are very long a few at a time: each is some times in memory while it is made. */
  private Uni<Piece> page(Reading reading) {
    reading.goOn();
    return reading.isLarge() ? large.of(() -> made(reading)) : made(reading);
  }

  private Uni<Piece> made(Reading reading) {
    return access
        .in(
            reading.opened.caller(),
            reading.opened.callId().toString(),
            callId -> store.turns(callId, reading.numbers()))
        .chain(rows -> Aside.of(() -> reading.turns(rows)));
  }

  private Uni<TurnOrder> order(Opened opened, TurnOrder order) {
    return access
        .in(
            opened.caller(),
            opened.callId().toString(),
            callId -> store.order(callId, order.lastNumber(), ORDER_ROWS_MAX))
        .chain(rows -> {
          rows.forEach(row ->
              order.add(
                  (Integer) row[0],
                  Spoken.of((Long) row[1], (String) row[2], (String) row[3]),
                  (Integer) row[4],
                  (Integer) row[5]));
          return rows.size() < ORDER_ROWS_MAX ? Uni.createFrom().item(order) : order(opened, order);
        });
  }

  /** The head is sent: all that can be done is to cut the connection, for which this stands. */
  private static RuntimeException cut(UUID callId, Throwable why) {
    LOG.warnf("a transcript was cut short, callId=%s: %s", callId, why.getClass().getName());
    return new IllegalStateException("a transcript was cut short");
  }
}
