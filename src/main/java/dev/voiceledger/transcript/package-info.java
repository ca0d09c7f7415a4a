/**
 * A call as people read it: {@code TranscriptResource} → {@code Transcripts}, which puts the turns
 * in the order in which they were said and reads them page by page → a {@code Rendering} of one of
 * five formats, pure text in and out → bytes, as fast as the reader takes them. However long a call
 * is, what is in memory is a number and a few times for each turn, and one page of words.
 */
package dev.voiceledger.transcript;
