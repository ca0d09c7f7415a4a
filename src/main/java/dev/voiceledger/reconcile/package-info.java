/**
 * What LiveKit forgot to tell is found: at an interval, and at once after a start and after an
 * outage, open calls are compared with what LiveKit lists.
 *
 * <pre>
 *   Reconciler ─▶ Pass ─▶ Listings of LiveKit ─▶ NewsStore ──────▶ Finding ─▶ Ledger ─▶ rows
 *    whose turn            rooms, people,          what of it is     an event
 *    it is, when           egresses                new to the rows   of its own
 * </pre>
 *
 * <p>What the rows know already is never written. A call is over only where two whole listings, a
 * grace apart, lack its room; a request that failed says nothing at all.
 */
package dev.voiceledger.reconcile;
