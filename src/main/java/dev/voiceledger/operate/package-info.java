/**
 * What operators look at when something is wrong, or before it is: {@link
 * dev.voiceledger.operate.OperationsResource} answers it in one piece, {@link
 * dev.voiceledger.operate.OperationsMetrics} shows the same to Prometheus; {@link
 * dev.voiceledger.operate.OperationsStore} asks the tables, always by an index and with a bound.
 */
package dev.voiceledger.operate;
