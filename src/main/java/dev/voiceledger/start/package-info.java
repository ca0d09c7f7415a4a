/**
 * Before the service runs: the environment is read and refused where it would leave the service
 * open; the database is started where it is ours, and made ready where it is not; people are told
 * where everything is.
 */
package dev.voiceledger.start;
