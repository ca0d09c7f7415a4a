/**
 * The laws that the database keeps by itself, tried on the newest and the oldest PostgreSQL that
 * the service promises: what rows become ({@link SqlTest}), what stands in the catalogue ({@link
 * SchemaTest}), what holds when many write at once ({@link TotalsTest}, {@link FiguresTest}), who
 * may do what ({@link AccessMatrixTest}), how pages are read ({@link HistoryPlansTest}).
 */
package dev.voiceledger.schema;
