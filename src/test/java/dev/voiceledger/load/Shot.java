package dev.voiceledger.load;

/**
 * One request of a load, written out beforehand, and when it is due. Its time of answer counts from
 * then, not from when the load came to send it: who waits in the client waits too.
 *
 * @param kind whose request it is
 * @param request as it goes over the wire
 * @param phase to which it counts
 * @param dueNanos by {@link System#nanoTime}
 * @param tries this one included
 */
public record Shot(Kind kind, byte[] request, Phase phase, long dueNanos, int tries) {

  /** Whose requests they are, by how they are answered for. */
  public enum Kind {
    WEBHOOK,
    POST,
    READ
  }

  /** The same once more, later. */
  public Shot again(long dueNanos) {
    return new Shot(kind, request, phase, dueNanos, tries + 1);
  }
}
