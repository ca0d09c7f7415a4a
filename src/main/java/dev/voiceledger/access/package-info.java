/**
 * Who is asking, and which call they mean: from a bearer token ({@code BearerTokens}) to a {@link
 * dev.voiceledger.access.Caller} with a role and claims, under which the database then decides, and
 * from a name to a call that this caller may see ({@link dev.voiceledger.access.CallAccess}). No
 * feature checks rows by itself.
 */
package dev.voiceledger.access;
