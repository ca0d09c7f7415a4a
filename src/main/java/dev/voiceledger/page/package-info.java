/** What people see in a browser. */
package dev.voiceledger.page;
