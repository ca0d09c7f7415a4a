package dev.voiceledger.live;

import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/**
 * News to those who may have them. Bytes are made once and shared: who is told the same gets the
 * same bytes, in one piece as long as the pieces stay small together.
 */
final class Telling {
  private static final int PIECES_BYTES_MAX = 1024 * 1024;

  private final News news;
  private final AtomicLong held;
  private final boolean resuming;
  private final Map<UUID, BitSet> ofCalls = new HashMap<>();
  private final BitSet erased = new BitSet();
  private final List<Chunk> chunks = new ArrayList<>();
  private final Map<BitSet, List<Chunk>> pieces = new HashMap<>();
  private int piecesBytes;

  /**
   * @param held the bytes of all chunks that somebody has to get
   * @param resuming whether those who are told were told of some of it before
   */
  Telling(News news, AtomicLong held, boolean resuming) {
    this.news = news;
    this.held = held;
    this.resuming = resuming;
    for (Event event : news.events()) {
      int place = chunks.size();
      chunks.add(new Chunk(event.bytes(), held));
      ofCalls.computeIfAbsent(event.callId(), call -> new BitSet()).set(place);
      erased.set(place, event.erased());
    }
  }

  /** Whose stream is over after this, and why. */
  Map<Reader, End> to(Cohort cohort) {
    Map<Reader, End> ends = new HashMap<>();
    BitSet everything = new BitSet();
    everything.set(0, chunks.size());
    cohort.operators().forEach(reader -> tell(reader, everything));
    cohort.people().forEach(user -> people(cohort.of(user), news.sight().of(user)));
    for (UUID call : news.changes().callIds()) {
      BitSet own = ofCalls.getOrDefault(call, new BitSet());
      for (Reader reader : cohort.ofCall(call)) {
        ofCall(reader, own, ends);
      }
    }
    return ends;
  }

  private void ofCall(Reader reader, BitSet own, Map<Reader, End> ends) {
    if (own.intersects(erased)) {
      tell(reader, own);
      ends.put(reader, End.ERASED);
    } else if (news.sight().holds(reader)) {
      tell(reader, own);
    } else {
      ends.put(reader, End.ACCESS);
    }
  }

  /** All streams of one person. */
  private void people(List<Reader> readers, Set<UUID> calls) {
    BitSet seen = new BitSet();
    calls.forEach(call -> seen.or(ofCalls.getOrDefault(call, new BitSet())));
    if (seen.isEmpty() && erased.isEmpty()) {
      return;
    }
    for (Reader reader : readers) {
      BitSet own = (BitSet) seen.clone();
      boolean unsure = false;
      for (int i = erased.nextSetBit(0); i >= 0; i = erased.nextSetBit(i + 1)) {
        Event event = news.events().get(i);
        own.set(i, reader.wasTold(event.callId()));
        unsure |= !own.get(i) && event.number() > reader.after();
      }
      tell(reader, own);
      calls.forEach(reader::tell);
      if (unsure && resuming && reader.markUnsure()) {
        send(reader, Event.reset(news.changes().cursor()));
      }
    }
  }

  private void tell(Reader reader, BitSet which) {
    BitSet own = which;
    int first = firstAfter(reader.after());
    if (first > which.nextSetBit(0)) {
      own = (BitSet) which.clone();
      own.clear(0, first);
    }
    if (!own.isEmpty()) {
      List<Chunk> out = pieces.computeIfAbsent(own, this::piece);
      out.forEach(chunk -> chunk.hold(1));
      reader.send(out);
    }
  }

  /** The place of the first event past a number. */
  private int firstAfter(long number) {
    int low = 0;
    int high = news.events().size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (news.events().get(middle).number() > number) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }

  private List<Chunk> piece(BitSet which) {
    List<Chunk> parts = which.stream().mapToObj(chunks::get).toList();
    int bytes = parts.stream().mapToInt(Chunk::length).sum();
    if (parts.size() == 1 || piecesBytes + bytes > PIECES_BYTES_MAX) {
      return parts;
    }
    piecesBytes += bytes;
    Buffer all = Buffer.buffer(bytes);
    parts.forEach(part -> all.appendBuffer(part.buffer()));
    return List.of(new Chunk(all, held));
  }

  private void send(Reader reader, Buffer bytes) {
    Chunk chunk = new Chunk(bytes, held);
    chunk.hold(1);
    reader.send(List.of(chunk));
  }
}
