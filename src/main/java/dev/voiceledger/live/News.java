package dev.voiceledger.live;

import java.util.List;

/**
 * What changed, who may see it, and how it looks now.
 *
 * @param events by their numbers, of the rows that somebody may see
 */
record News(Changes changes, Sight sight, List<Event> events) {}
