package dev.voiceledger.start;

/** Why the service does not start: a sentence for a person, with the mend in it. */
public final class Refusal extends RuntimeException {
  private static final long serialVersionUID = 1L;

  Refusal(String sentence) {
    super(sentence);
  }

  Refusal(String sentence, Throwable cause) {
    super(sentence, cause);
  }
}
