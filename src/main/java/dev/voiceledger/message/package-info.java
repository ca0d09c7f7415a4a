/**
 * What was said. Clients, agents and services post messages, one or many; the ledger writes them in
 * groups, each admitted where its poster may write, and numbers them without collision. Repeats and
 * any order of the same posts leave the same rows.
 *
 * <p>{@code PostsResource} → {@code PostBody} → {@code Posting} (which call, which poster) → {@code
 * Posts} and {@code PostStore} (a group of them) → the rows, read by {@code Message}.
 */
package dev.voiceledger.message;
