/**
 * The one way into the rows: facts are written in groups, all that arrive while a transaction is
 * under way together in the next one, and every request is answered when its group is on disk.
 *
 * <p>{@link dev.voiceledger.ledger.Ledger} routes an entry to a lane by its call, so that no two
 * lanes wait for the same row; a {@link dev.voiceledger.ledger.Lane} has a bounded queue; {@link
 * dev.voiceledger.ledger.GroupWriter} writes groups over one connection, again or in halves where
 * one fails; {@link dev.voiceledger.ledger.Group} merges its entries, one row a key; {@link
 * dev.voiceledger.ledger.GroupConnection} sends its statements, and behind a pooler brings them
 * along.
 */
package dev.voiceledger.ledger;
