/**
 * The way of one webhook, always forward:
 *
 * <pre>
 *   WebhookResource ─▶ WebhookSignature ─▶ WebhookEvent ─▶ Ledger ─▶ rows
 *     bytes in          raw bytes,          LiveKit's       groups
 *                       before parsing      words, sealed
 * </pre>
 *
 * {@link dev.voiceledger.webhook.InboxResource} shows what came and replays it.
 */
package dev.voiceledger.webhook;
