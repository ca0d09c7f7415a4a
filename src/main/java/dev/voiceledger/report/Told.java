package dev.voiceledger.report;

import java.util.List;
import java.util.UUID;

/** That a report of a call is in, and what it says of usage. */
record Told(UUID callId, List<UsageRow> usage) {}
