/**
 * Who is asking: from a bearer token to a role and its claims, under which the database then
 * decides. No feature checks rows by itself.
 */
package dev.voiceledger.access;
