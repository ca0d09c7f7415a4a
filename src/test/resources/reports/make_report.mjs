// Writes a session report with LiveKit Agents' own serialiser, as an agent posts it.
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);
const home = dirname(require.resolve('@livekit/agents'));
const from = (path) => import(pathToFileURL(join(home, path)).href);
const { createSessionReport, sessionReportToJSON } = await from('voice/report.js');
const { AgentConfigUpdate, AgentHandoffItem, ChatContext, ChatMessage, FunctionCall,
  FunctionCallOutput } = await from('llm/chat_context.js');

const AT = 1764160000000;
const items = [
  AgentConfigUpdate?.create({ id: 'item_config', instructions: 'Be brief.',
    toolsAdded: ['track_parcel'], createdAt: AT }),
  ChatMessage.create({ id: 'item_hello', role: 'assistant', content: ['Hello!', 'How can I help?'],
    createdAt: AT + 1123,
    metrics: { startedSpeakingAt: AT / 1e3 + 1.2, llmNodeTtft: 0.412, ttsNodeTtfb: 0.2,
      e2eLatency: 0.9876, llmMetadata: { modelName: 'gpt-4.1', modelProvider: 'openai' } } }),
  ChatMessage.create({ id: 'item_where', role: 'user', content: ['Where is my parcel? é📦'],
    createdAt: AT + 6500, transcriptConfidence: 0.93 }),
  FunctionCall.create({ id: 'item_call', callId: 'call_1', name: 'track_parcel',
    args: '{"number": "4711"}', groupId: 'grp_1', createdAt: AT + 7000,
    extra: { google: { thoughtSignature: 'c2ln' } } }),
  FunctionCallOutput.create({ id: 'item_out', callId: 'call_1', name: 'track_parcel',
    output: '{"state": "on its way"}', isError: false, createdAt: AT + 7500 }),
  ChatMessage.create({ id: 'item_answer', role: 'assistant', content: ['It comes to'],
    interrupted: true, createdAt: AT + 9000, metrics: { llmNodeTtft: 0.5 } }),
  AgentHandoffItem?.create({ id: 'item_handoff', oldAgentId: 'greeter', newAgentId: 'billing',
    createdAt: AT + 12000 }),
].filter(Boolean);
const report = createSessionReport({
  jobId: 'AJ_node', roomId: 'RM_NodeReport', room: 'node-report', options: {
    allowInterruptions: true, maxToolSteps: 3, turnHandling: { preemptiveGeneration: {} } },
  events: [{ type: 'conversation_item_added', item: items[1], createdAt: AT + 1200 },
    { type: 'close', reason: 'participant_disconnected', error: null, createdAt: AT + 20000 }],
  chatHistory: new ChatContext(items), enableRecording: false, startedAt: AT, timestamp: AT + 21500,
  modelUsage: [
    { type: 'llm_usage', provider: 'openai', model: 'gpt-4.1', inputTokens: 1530,
      inputCachedTokens: 1024, outputTokens: 87, sessionDurationMs: 0 },
    { type: 'tts_usage', provider: 'cartesia', model: 'sonic', inputTokens: 0, outputTokens: 0,
      charactersCount: 412, audioDurationMs: 21750 },
    { type: 'stt_usage', provider: 'deepgram', model: 'nova-3', inputTokens: 0, outputTokens: 0,
      audioDurationMs: 34500 },
  ],
});
process.stdout.write(JSON.stringify(sessionReportToJSON(report)));
process.exit(0);
