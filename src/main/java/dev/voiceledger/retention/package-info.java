/**
 * What is forgotten in time: raw events, and the calls themselves where somebody wants that. {@link
 * dev.voiceledger.retention.Retention} walks in small steps, each a transaction of its own, with
 * pauses longer than the steps, so that the ledger beside it hardly knows; {@link
 * dev.voiceledger.retention.RetentionStore} asks for one step; {@code R__080} says what a step is.
 */
package dev.voiceledger.retention;
