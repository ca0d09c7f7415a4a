package dev.voiceledger.live;

import java.util.Locale;

/** Why the service ends a stream. */
enum End {
  /** Took less than it was told. */
  SLOW,
  /** Held bytes when all readers together held too many. */
  MEMORY,
  /** Its token ran out. */
  EXPIRED,
  /** May not see its call any more. */
  ACCESS,
  /** Its call was erased. */
  ERASED,
  /** The service stops. */
  STOPPING;

  String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Whether what is on the way is given up too. */
  boolean cuts() {
    return this == SLOW || this == MEMORY;
  }
}
