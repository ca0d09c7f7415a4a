// Records the fixtures in src/test/resources/webhooks: runs scenario.mjs against a real server that posts to
// capture.mjs, and keeps one body of each sort, all bodies in their order, and what the watcher wrote down.
//
//   scenario="$(src/test/livekit/install.sh | head -1)"
//   node "$scenario/record.mjs" --server PATH --raw FOLDER --out src/test/resources/webhooks
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { capture } from './capture.mjs'

const START_MS_MAX = 10_000
const SETTLE_MS = 3_000

const { values: given } = parseArgs({
  options: { server: { type: 'string' }, raw: { type: 'string' }, out: { type: 'string' } },
})
if (!given.server || !given.raw || !given.out) {
  console.error('usage: node record.mjs --server PATH --raw FOLDER --out FOLDER')
  process.exit(2)
}

const receiver = await capture({ out: given.raw })
const server = await startServer()
try {
  await runScenario(server.url)
  await pause(SETTLE_MS)
} finally {
  // Not SIGTERM: it would wait for whoever is still in.
  server.process.kill('SIGKILL')
  await once(server.process, 'exit')
  receiver.close()
}
keepOneOfEach(receiver.deliveries)

async function startServer() {
  const [port, tcpPort, udpPort] = await freePorts(3)
  const config = readFileSync(here('livekit.yaml'), 'utf8')
    .replace('@PORT@', port)
    .replace('@TCP_PORT@', tcpPort)
    .replace('@UDP_PORT@', udpPort)
    .replaceAll('@API_KEY@', 'devkey')
    .replace('@API_SECRET@', 'secret')
    .replace('@WEBHOOK_URL@', `http://127.0.0.1:${receiver.port}/webhooks/livekit`)
  const configFile = join(given.raw, 'livekit.yaml')
  writeFileSync(configFile, config)
  const log = openSync(join(given.raw, 'livekit.log'), 'w')
  const startedAt = Date.now()
  const child = spawn(given.server, ['--config', configFile], { stdio: ['ignore', log, log] })
  while (!(await answers(`http://127.0.0.1:${port}/`))) {
    if (child.exitCode !== null || Date.now() - startedAt > START_MS_MAX) throw new Error(`livekit-server did not start, see ${given.raw}/livekit.log`)
    await pause(10)
  }
  console.error(`livekit-server answers after ${Date.now() - startedAt} ms`)
  return { process: child, url: `ws://127.0.0.1:${port}` }
}

async function runScenario(url) {
  const watched = openSync(join(given.raw, 'watched.jsonl'), 'w')
  const child = spawn(process.execPath, [here('scenario.mjs'), '--url', url, '--prefix', 'fixture'], { stdio: ['ignore', watched, 'inherit'] })
  const [code] = await once(child, 'exit')
  if (code !== 0) throw new Error(`scenario.mjs ended with ${code}`)
}

function keepOneOfEach(deliveries) {
  mkdirSync(given.out, { recursive: true })
  const names = fixtureNames(deliveries.map((delivery) => JSON.parse(delivery.body)))
  const index = []
  deliveries.forEach((delivery, number) => {
    const file = `${names[number]}.json`
    if (index.some((kept) => kept.file === file)) return
    writeFileSync(join(given.out, file), delivery.body)
    index.push({ file, arrived_at: delivery.arrived_at, headers: delivery.headers })
  })
  writeFileSync(join(given.out, 'deliveries.json'), JSON.stringify(index, null, 2) + '\n')
  // LiveKit puts no line break into a body, so a line is a body, unchanged.
  writeFileSync(join(given.out, 'all.jsonl'), Buffer.concat(deliveries.flatMap((delivery) => [delivery.body, Buffer.from('\n')])))
  copyFileSync(join(given.raw, 'watched.jsonl'), join(given.out, 'watched.jsonl'))
  console.error(`${deliveries.length} deliveries, ${index.length} sorts kept`)
}

// The event and what sets this one apart: what the room was for, the participant's kind, the reason of its leaving.
function fixtureNames(events) {
  const rooms = { unused: 'never_joined', aborted: 'only_aborted', lost: 'lost' }
  const reasons = { CLIENT_INITIATED: '', PARTICIPANT_REMOVED: 'removed' }
  const met = new Set()
  return events.map(({ event, room, participant, track }) => {
    const about = []
    if (event.startsWith('room_')) {
      const purpose = room.name.replace('fixture-', '')
      about.push(purpose === 'support' ? (room.metadata ? '' : 'same_name_again') : rooms[purpose])
    }
    if (event === 'participant_joined') {
      const person = `${room.sid} ${participant.identity}`
      about.push((participant.kind ?? '').toLowerCase(), met.has(person) ? 'same_identity' : '')
      met.add(person)
    }
    if (event === 'participant_left') about.push(reasons[participant.disconnectReason] ?? participant.disconnectReason.toLowerCase())
    if (track?.muted) about.push('muted')
    return [event, ...about.filter(Boolean)].join('_')
  })
}

async function freePorts(count) {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'))
  await Promise.all(servers.map((one) => once(one, 'listening')))
  const ports = servers.map((one) => String(one.address().port))
  await Promise.all(servers.map((one) => once(one.close(), 'close')))
  return ports
}

async function answers(url) {
  return fetch(url).then((response) => response.ok, () => false)
}

function here(name) {
  return fileURLToPath(new URL(name, import.meta.url))
}

function pause(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}
