/**
 * The way of one webhook, always forward:
 *
 * <pre>
 *   WebhookResource ─▶ WebhookSignature ─▶ WebhookEvent ─▶ Ledger ─▶ rows
 *     bytes in          raw bytes,          LiveKit's       groups
 *                       before parsing      words, sealed
 * </pre>
 *
 * {@link dev.voiceledger.webhook.InboxResource} shows what came and replays it. What the reconciler
 * found goes the same way, as a {@link dev.voiceledger.webhook.Finding}.
 */
package dev.voiceledger.webhook;
