// What a good Node team would write for self-hosted LiveKit: Fastify, LiveKit's own SDK and pg.
// Every request is one durable statement; the statements are in statements.js.
import { createHash, timingSafeEqual } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import Fastify from 'fastify';
import { WebhookReceiver } from 'livekit-server-sdk';
import pg from 'pg';
import { statements } from './statements.js';

const { PORT = '8080', DATABASE_URL, LIVEKIT_API_KEY, LIVEKIT_API_SECRET, SERVICE_TOKEN,
  POOL = '16' } = process.env;
for (const name of
  ['DATABASE_URL', 'LIVEKIT_API_KEY', 'LIVEKIT_API_SECRET', 'SERVICE_TOKEN']) {
  if (!process.env[name]) throw new Error(`${name} is not set`);
}

const pool = new pg.Pool({
  connectionString: DATABASE_URL, max: Number(POOL), idleTimeoutMillis: 0,
  connectionTimeoutMillis: 10_000
});
pool.on('error', error => console.error('idle connection lost:', error.message));

const AGENT = 4; // ParticipantInfo.Kind.AGENT, an enum that the SDK does not export

const receiver = new WebhookReceiver(LIVEKIT_API_KEY, LIVEKIT_API_SECRET);
const app = Fastify({ logger: false });

// What PostgreSQL refuses for its content (class 22) will not get better: 400, so that nobody
// sends it again. Any other trouble is ours: 503, and LiveKit does send it again.
app.setErrorHandler((error, request, reply) => {
  if (error.statusCode) return reply.send(error);
  console.error(`${request.method} ${request.url}:`, error.message);
  return error.code?.startsWith('22')
    ? reply.code(400).send({ error: 'the content cannot be stored' })
    : reply.code(503).send({ error: 'not stored, try again' });
});

// The signature covers the body as it was sent, so it stays a string until it is verified.
app.addContentTypeParser('application/webhook+json', { parseAs: 'string' },
  (request, body, done) => done(null, body));

app.post('/webhooks/livekit', async (request, reply) => {
  let event;
  try {
    event = await receiver.receive(request.body, request.headers.authorization);
  } catch {
    return reply.code(401).send({ error: 'the signature does not fit' });
  }
  await pool.query(statementFor(event, request.body));
  return reply.send();
});

function statementFor(event, body) {
  const room = event.room, participant = event.participant;
  const at = Number(event.createdAt) * 1000;
  const values = { id: event.id || 'sha256:' + digest(body).toString('hex'),
    event: event.event, room: room?.sid ?? '', at, body };
  if (!room?.sid) return statements.other(values);
  values.name = room.name;
  values.created = milliseconds(room.creationTimeMs, room.creationTime) || at;
  if (event.event === 'room_started' || event.event === 'room_finished') {
    return statements.room(values);
  }
  if (!participant?.sid) return statements.other(values);
  values.sid = participant.sid;
  values.identity = participant.identity;
  if (event.event === 'track_published' || event.event === 'track_unpublished') {
    return statements.track(values);
  }
  if (!event.event.startsWith('participant_')) return statements.other(values);
  values.display = participant.name;
  values.type = participant.kind === AGENT ? 'agent' : 'user';
  values.joined = milliseconds(participant.joinedAtMs, participant.joinedAt) || at;
  return statements.participant(values);
}

const milliseconds = (exact, seconds) => Number(exact) || Number(seconds) * 1000;

const optional = type => ({ type: [type, 'null'] });
const messageSchema = {
  type: 'object',
  required: ['role', 'content'],
  anyOf: ['call_id', 'session_id', 'room_sid'].map(name => ({ required: [name] })),
  properties: {
    call_id: { type: 'string', format: 'uuid' },
    session_id: { type: 'string', minLength: 1 },
    room_sid: { type: 'string', minLength: 1 },
    id: { type: 'string', format: 'uuid' },
    segment_id: optional('string'),
    sequence_number: optional('integer'),
    role: { enum: ['user', 'assistant', 'system', 'function'] },
    content: { type: 'string' },
    input_modality: { enum: ['voice', 'text'], default: 'voice' },
    timestamp: { type: 'string', format: 'date-time' },
    provider: optional('string'),
    model_used: optional('string'),
    tokens_used: optional('integer'),
    input_tokens: optional('integer'),
    output_tokens: optional('integer'),
    cost_usd: optional('number'),
    latency_ms: optional('integer'),
    metadata: { type: 'object' }
  }
};

app.post('/api/v1/voice/messages',
  { onRequest: demandToken, schema: { body: messageSchema } }, async (request, reply) => {
    const message = request.body;
    if (message.tokens_used == null &&
        (message.input_tokens != null || message.output_tokens != null)) {
      message.tokens_used = (message.input_tokens ?? 0) + (message.output_tokens ?? 0);
    }
    const values = {
      call: message.call_id, room: message.room_sid ?? message.session_id, id: message.id,
      segment: message.segment_id, sequence: message.sequence_number, role: message.role,
      content: message.content, modality: message.input_modality, provider: message.provider,
      model: message.model_used, tokens: message.tokens_used, input: message.input_tokens,
      output: message.output_tokens, cost: message.cost_usd, latency: message.latency_ms,
      metadata: JSON.stringify(message.metadata ?? {}), timestamp: message.timestamp
    };
    const insert = message.call_id ? statements.messageOfCall : statements.messageOfRoom;
    // No row: it is there already, or another request made its call at the same moment, which
    // this statement's snapshot does not show. Then the next try sees the call.
    for (let tries = 0; tries < 2; tries++) {
      const inserted = (await pool.query(insert(values))).rows[0];
      if (inserted) return reply.code(201).send({ ...message, ...inserted });
      const stored = (await pool.query(statements.storedMessage(values))).rows[0];
      if (stored) return reply.code(200).send(stored);
    }
    return reply.code(404).send({ error: 'no such call' });
  });

const digest = text => createHash('sha256').update(text).digest();
const expected = digest(`Bearer ${SERVICE_TOKEN}`);

// Digests have one length, so the time taken tells nothing about the token.
async function demandToken(request, reply) {
  if (!timingSafeEqual(digest(request.headers.authorization ?? ''), expected)) {
    return reply.code(401).send({ error: 'a valid token is needed' });
  }
}

app.get('/health', () => ({ status: 'UP' }));

async function makeTables() {
  const { rows: [{ there }] } = await pool.query(
    "select to_regclass('voice_messages') is not null as there");
  if (!there) await pool.query(await readFile(new URL('schema.sql', import.meta.url), 'utf8'));
}

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, async () => {
    await app.close();
    await pool.end();
  });
}

await makeTables();
await app.listen({ port: Number(PORT), host: '0.0.0.0' });
console.log(`listening on ${PORT}`);
