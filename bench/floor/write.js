// Writes the pgbench scripts beside it from the peer's statements: `node bench/floor/write.js`
import { writeFileSync } from 'node:fs';
import { texts } from '../peer/statements.js';

const note = '-- Made by write.js from ../peer/statements.js. How to run it: ../README.md\n';

// All clients move through the calls together: a window of 300 calls is open at any time, each
// call gets 20 requests on average, ten webhooks and ten messages, and then the window is past.
const nextCall = '\\set call :first + :n * :clients / 20 + random(0, 299)\n\\set n :n + 1\n';

// One request in fifty is the client's last one again, which must change nothing.
const webhookVariables = `\\if random(1, 50) > 1
${nextCall}\\set event random(1, 9000000000000000)
\\set person :call * 2 + random(0, 1)
\\endif
\\set at :start + :n * 10
`;
const messageVariables = `\\if random(1, 50) > 1 or :segment = 0
${nextCall}\\set spoken :call
\\set segment random(1, 9000000000000000)
\\set tokens random(1, 400)
\\endif
`;

const webhook = event => ({
  id: ':event', event: `'${event}'`, room: ':call', name: ':call', at: ':at', created: ':start',
  body: ':body', sid: ':person', identity: ':person', display: ':person', type: `'user'`,
  joined: ':at'
});
const message = {
  id: 'null', room: ':spoken', segment: ':segment', sequence: 'null', role: `'assistant'`,
  content: ':body', modality: `'voice'`, provider: `'openai'`, model: `'gpt-4o-mini'`,
  tokens: ':tokens', input: ':tokens', output: '0', cost: '0.000125', latency: '420',
  metadata: `'{}'`, timestamp: 'null'
};

function write(file, variables, text, values) {
  const sql = text.replace(/(?<!:):([a-z]+)/g, (_, name) => values[name]);
  writeFileSync(new URL(`${file}.sql`, import.meta.url), `${note}${variables}${sql};\n`);
}

for (const [event, statement] of Object.entries({
  room_started: 'room', room_finished: 'room',
  participant_joined: 'participant', participant_left: 'participant',
  track_published: 'track', track_unpublished: 'track'
})) {
  write(event, webhookVariables, texts[statement], webhook(event));
}
write('message', messageVariables, texts.messageOfRoom, message);
