package dev.voiceledger.faults;

import java.net.URI;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Spreads parcels over a time, so that there is something under way all through a fault, and counts
 * which of them did not get through at the first try.
 */
final class Pace implements Function<Parcel, URI> {
  private final URI base;
  private final List<Parcel> parcels;
  private final Map<Parcel, Integer> tries = Collections.synchronizedMap(new IdentityHashMap<>());
  private final long begun = System.nanoTime();
  private final long nanosEach;

  Pace(URI base, List<Parcel> parcels, long ms) {
    this.base = base;
    // One that is sent twice is two.
    this.parcels =
        parcels.stream().map(one -> new Parcel(one.name(), one.body(), one.bearer())).toList();
    this.nanosEach = TimeUnit.MILLISECONDS.toNanos(ms) / parcels.size();
  }

  List<Parcel> parcels() {
    return parcels;
  }

  @Override
  public URI apply(Parcel parcel) {
    if (tries.merge(parcel, 1, Integer::sum) == 1) {
      long due = begun + tries.size() * nanosEach;
      Crowd.pause(TimeUnit.NANOSECONDS.toMillis(Math.max(0, due - System.nanoTime())));
    }
    return base;
  }

  /** Those that had to be sent again. */
  long failedAtFirst() {
    return tries.values().stream().filter(count -> count > 1).count();
  }

  /** Of a hundred. */
  static double percent(long some, long all) {
    return 100.0 * some / all;
  }
}
