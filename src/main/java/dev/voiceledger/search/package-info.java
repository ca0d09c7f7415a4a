/**
 * Words in transcripts, in any language. {@code Folding} makes one spelling of many, {@code Pieces}
 * cuts it for the index, {@code WordsRefresh} writes both behind the ledger; {@code Words} is what
 * somebody looks for, {@code Matches} what of it is shown. All of it is done here and none by
 * PostgreSQL's parsers, so that neither the database's locale nor a dictionary decides.
 */
package dev.voiceledger.search;
