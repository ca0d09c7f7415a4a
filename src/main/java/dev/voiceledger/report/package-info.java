/**
 * What an agent says of a whole session after it: LiveKit Agents' session report, as its libraries
 * for Python and Node write it. Its history becomes messages, its usage rows replace what an
 * earlier report of the same session said, and its call is complete sooner.
 *
 * <p>{@code ReportResource} → {@code Reporting} → {@code Report} (all of it read, nothing kept) →
 * {@code Items}, {@code ItemReader} (a few items at a time, to {@code message.Posting}) → {@code
 * Reports} and {@code ReportStore} (usage, and that a report is in). {@code Settling} completes
 * calls of which no report came.
 */
package dev.voiceledger.report;
