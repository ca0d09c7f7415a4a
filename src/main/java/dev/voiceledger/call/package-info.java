/**
 * What is known of a call. Facts come in any order, any number of times and from several sources;
 * each record here merges with others of its kind by least, greatest and registers, so that no
 * order shows. What follows from the facts (status, durations, counts) is the database's:
 * migrations/R__020_call_laws.sql.
 *
 * <pre>
 *   pending ──connected──▶ active ──end──▶ completed
 *      └──────────── end ────────────────▶ failed      (and back while no end holds)
 * </pre>
 */
package dev.voiceledger.call;
