package dev.voiceledger.history;

import java.util.UUID;

/**
 * A row that changed, as its route shows it, for whoever is told of changes.
 *
 * @param key the row's own under its call; empty for the call itself
 * @param version greater for each later state of the row
 * @param shown what becomes the JSON
 */
public record Changed(UUID callId, String key, long version, Object shown) {}
