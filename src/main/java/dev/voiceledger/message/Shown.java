package dev.voiceledger.message;

import java.util.function.UnaryOperator;

/**
 * What of a list is kept to be shown, counted as it comes. Whatever the sender said fits; what
 * holds against it may be larger, and be named often.
 */
final class Shown implements UnaryOperator<Stored> {
  static final int CHARACTERS_MAX = 8 * 1024 * 1024;

  private long characters;

  @Override
  public Stored apply(Stored one) {
    if (one.message() == null) {
      return one;
    }
    boolean first = characters == 0;
    characters += one.message().characters();
    return first || characters <= CHARACTERS_MAX
        ? one
        : new Stored(one.fresh(), one.written(), null, Stored.TOO_LARGE);
  }
}
