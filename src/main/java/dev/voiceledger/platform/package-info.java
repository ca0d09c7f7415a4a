/** What knows no feature: the doors to the database, problems, bounds on bodies, health. */
package dev.voiceledger.platform;
