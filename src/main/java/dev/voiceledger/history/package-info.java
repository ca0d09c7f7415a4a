/**
 * What became of calls, for people and services: the list with its filters, one call with all that
 * hangs on it, and what its owner may do with it (change, end, erase). Row level security decides
 * who sees what; a call that the caller may not see is answered like one that does not exist.
 */
package dev.voiceledger.history;
