package dev.voiceledger.platform;

/**
 * Said once, when the service begins to stop in earnest: it has looked unready for long enough, and
 * what is open is to come to its end. Whoever keeps an answer open for long ends it now; observers
 * must not block.
 */
public record Draining() {}
