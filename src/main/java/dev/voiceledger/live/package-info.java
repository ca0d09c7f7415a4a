/**
 * Changes as they happen, as Server-Sent Events. Writers leave what they changed in a queue; after
 * their commits each change gets a number (R__060_changes.sql), and each replica reads the log from
 * its own number on, loads what changed once, and tells all who look at it and may.
 *
 * <p>{@code LiveResource} (who asks) → {@code LiveHub} (one connection, one loop) → {@code
 * LiveConnection} (what changed, in one snapshot with who may see it) → {@code Telling} (which
 * events for whom) → {@code Reader} (one stream).
 */
package dev.voiceledger.live;
