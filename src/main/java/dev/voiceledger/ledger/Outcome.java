package dev.voiceledger.ledger;

/** What became of an entry, once it is on disk. */
public enum Outcome {
  /** It was new and its facts are in the rows. */
  APPLIED,
  /** It was new and says nothing for the rows. */
  IGNORED,
  /** It was refused for its content, and is kept to be looked at and replayed. */
  FAILED,
  /** It was there already, or belongs to an erased call: nothing changed. */
  DUPLICATE
}
