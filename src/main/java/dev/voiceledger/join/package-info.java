/**
 * How somebody gets into a call: a call is made (its room at LiveKit, its row, a token), or a token
 * is given for a room that is open to the caller. LiveKit is asked first, so that its room's sid is
 * known when the row is written, and the API and the webhooks meet on one row, whichever is first.
 *
 * <p>{@code CreateResource} and {@code TokenResource} → {@code Doorkeeper} → {@code Joining} → the
 * ledger.
 */
package dev.voiceledger.join;
