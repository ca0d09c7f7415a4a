// Real participants in a real LiveKit server, and a person who watches and writes down what happens.
//
//   node scenario.mjs --url ws://127.0.0.1:7880 --key devkey --secret secret
//
// Every line on stdout is one JSON object: what happened, in the watcher's order. The last line, `notebook`,
// says of every call what must be found in the ledger. All of it comes from the clients and from LiveKit's API,
// nothing from webhooks, so that the two can be compared. Exit 0 when everything was seen; else 1 and a line why.
//
// The server's room.departure_timeout must be short (livekit.yaml has 2 s).
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { request as httpRequest } from 'node:http'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { AccessToken, RoomServiceClient } from 'livekit-server-sdk'
import { rtc } from './rtc.mjs'

const {
  AudioFrame, AudioSource, DisconnectReason, dispose, LocalAudioTrack, Room, RoomEvent, SimulateScenarioKind, TrackPublishOptions, TrackSource,
} = rtc

const SCENARIO_MS_MAX = 58_000
const STEP_MS_MAX = 10_000
const LOST_MS_MAX = 45_000
const POLL_MS = 50
const SAMPLE_RATE = 48_000
const STATE_ACTIVE = 2

const { values: given } = parseArgs({
  options: {
    url: { type: 'string', default: 'ws://127.0.0.1:7880' },
    key: { type: 'string', default: 'devkey' },
    secret: { type: 'string', default: 'secret' },
    prefix: { type: 'string', default: `scenario-${randomBytes(4).toString('hex')}` },
    sit: { type: 'string' },
  },
})
const api = new RoomServiceClient(given.url.replace(/^ws/, 'http'), given.key, given.secret)
const notebook = []

async function main() {
  await Promise.all([
    aBusyCallAndItsNameAgain(`${given.prefix}-support`),
    aRoomThatNobodyJoins(`${given.prefix}-unused`),
    aParticipantWhoNeverGetsThrough(`${given.prefix}-aborted`),
    aParticipantWhoVanishes(`${given.prefix}-lost`),
  ])
  write('notebook', { calls: notebook })
}

async function aBusyCallAndItsNameAgain(name) {
  const room = await createRoom(name, { metadata: JSON.stringify({ topic: 'billing', language: 'de' }) })

  const alice = await join(room, { identity: 'alice', name: 'Alice Ångström', metadata: '{"seat":1}' })
  const tone = await publishTone(alice)
  const bob = await join(room, { identity: 'bob', name: 'Bob' })
  const agent = await join(room, { identity: 'agent-7', name: 'Support agent', kind: 'agent', attributes: { 'lk.agent.state': 'listening' } })
  const agentTone = await publishTone(agent)
  const caller = await join(room, {
    identity: 'sip_+15550100', name: 'Phone +15550100', kind: 'sip',
    attributes: {
      'sip.callID': 'SCL_scenario', 'sip.phoneNumber': '+15550100', 'sip.trunkPhoneNumber': '+15550199',
      'sip.trunkID': 'ST_scenario', 'sip.callStatus': 'active',
    },
  })
  await join(room, { identity: 'recorder', kind: 'egress', grants: { hidden: true, recorder: true, canPublish: false } })
  await mute(alice, tone)
  await pause(1_500)

  await resume(alice)
  await unpublish(alice, tone)

  const bobBack = await reconnect(bob)
  // This session of bob is shorter than the one second to which webhooks tell the time.
  const bobElsewhere = await join(room, { identity: 'bob', name: 'Bob' })
  await left(bobBack, 'DUPLICATE_IDENTITY')

  await api.removeParticipant(name, 'sip_+15550100')
  await left(caller, 'PARTICIPANT_REMOVED')

  await api.deleteRoom(name)
  await left(alice, 'ROOM_DELETED')
  await left(bobElsewhere, 'ROOM_DELETED')
  await left(agent, 'ROOM_DELETED')
  await left(room.people.find((one) => one.identity === 'recorder'), 'ROOM_DELETED')
  agentTone.stop()
  await finished(room, 'deleted')

  await theSameNameAgain(room)
}

async function theSameNameAgain(before) {
  const room = expectRoom(before.room, 'first join')
  const carol = await join(room, { identity: 'carol', name: 'Carol' })
  if (room.room_sid === before.room_sid) throw new Error(`${room.room} kept its sid ${room.room_sid} after it was deleted`)
  const tone = await publishTone(carol)
  const agent = await join(room, { identity: 'agent-7', name: 'Support agent', kind: 'agent' })
  await pause(1_500)
  await leave(carol, tone)
  // An agent alone does not keep a room: departure_timeout runs from here.
  await left(agent, 'ROOM_CLOSED')
  await finished(room, 'departure_timeout')
}

async function aRoomThatNobodyJoins(name) {
  const room = await createRoom(name, { metadata: 'nobody came' })
  await pause(1_000)
  await api.deleteRoom(name)
  await finished(room, 'deleted')
}

// Signals a join and never negotiates media, then drops the connection.
async function aParticipantWhoNeverGetsThrough(name) {
  const room = expectRoom(name, 'first join')
  const token = await tokenFor(name, { identity: 'ghost', name: 'Ghost' })
  const socket = await openSignal(token)
  const seen = await until(`ghost in ${name}`, async () => (await api.listParticipants(name).catch(() => []))[0])
  await identifyRoom(room)
  const person = meet(room, { identity: 'ghost', name: 'Ghost', ...told(seen) })
  write('participant_connecting', about(person))
  await pause(1_000)
  socket.destroy()
  person.never_active = true
  await until(`ghost out of ${name}`, async () => (await api.listParticipants(name).catch(() => [])).length === 0, LOST_MS_MAX)
  person.left_at = now()
  write('participant_aborted', about(person))
  await finished(room, 'departure_timeout')
}

// The process of a participant is killed: no goodbye, and LiveKit finds out by itself.
async function aParticipantWhoVanishes(name) {
  const room = expectRoom(name, 'first join')
  const token = await tokenFor(name, { identity: 'erin', name: 'Erin' })
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url), '--url', given.url, '--sit', token], { stdio: ['pipe', 'pipe', 'inherit'] })
  try {
    await new Promise((resolve, reject) => {
      child.stdout.once('data', resolve)
      child.once('exit', (code) => reject(new Error(`the process of erin ended with ${code}`)))
    })
    const person = meet(room, { identity: 'erin', name: 'Erin' })
    await active(person)
    child.kill('SIGKILL')
    person.vanished_at = now()
    write('participant_vanished', about(person))
    await until(`erin out of ${name}`, async () => (await api.listParticipants(name).catch(() => [])).length === 0, LOST_MS_MAX)
    person.left_at = now()
    write('participant_left', about(person))
    await finished(room, 'departure_timeout')
  } finally {
    child.kill('SIGKILL')
  }
}

async function sit(token) {
  const connection = new Room()
  await connection.connect(given.url, token, { autoSubscribe: false, dynacast: false })
  process.stdout.write('in\n')
  const leave = () => connection.disconnect().finally(() => process.exit(0))
  process.once('SIGINT', leave)
  process.stdin.resume().once('end', leave)
}

// --- Rooms -------------------------------------------------------------------------------------------------------

async function createRoom(name, options) {
  const room = expectRoom(name, 'CreateRoom')
  const made = await api.createRoom({ name, ...options })
  Object.assign(room, { room_sid: made.sid, metadata: made.metadata, created_at: instant(made.creationTimeMs) })
  write('room_created', { room: name, room_sid: room.room_sid, metadata: room.metadata, created_at: room.created_at })
  return room
}

function expectRoom(name, createdBy) {
  const room = {
    room: name, room_sid: null, metadata: '', created_at: null, created_by: createdBy, finished_at: null, finished_by: null,
    people: [], tracks: [],
  }
  notebook.push(room)
  return room
}

async function identifyRoom(room) {
  if (room.room_sid) return
  const found = await until(`room ${room.room}`, async () => (await api.listRooms([room.room]))[0])
  Object.assign(room, { room_sid: found.sid, metadata: found.metadata, created_at: instant(found.creationTimeMs) })
  write('room_created', { room: room.room, room_sid: room.room_sid, metadata: room.metadata, created_at: room.created_at })
}

async function finished(room, why) {
  await until(`end of ${room.room}`, async () => (await api.listRooms([room.room])).every((live) => live.sid !== room.room_sid))
  room.finished_at = now()
  room.finished_by = why
  write('room_finished', { room: room.room, room_sid: room.room_sid, by: why })
}

// --- Participants ------------------------------------------------------------------------------------------------

async function join(room, { identity, name = '', kind = 'standard', metadata = '', attributes = {}, grants = {} }) {
  const token = await tokenFor(room.room, { identity, name, kind, metadata, attributes, grants })
  const person = meet(room, { identity, name, kind, metadata, attributes })
  const connection = new Room()
  hidden(person, 'connection', connection)
  hidden(person, 'gone', new Promise((resolve) => {
    connection.once(RoomEvent.Disconnected, (reason) => resolve({ at: now(), reason: DisconnectReason[reason] }))
  }))
  await within(`joining of ${identity}`, connection.connect(given.url, token, { autoSubscribe: true, dynacast: false }))
  person.participant_sid = connection.localParticipant.sid
  await active(person)
  return person
}

async function active(person, isTheOne = (seen) => !person.participant_sid || seen.sid === person.participant_sid) {
  const seen = await until(`${person.identity} active`, async () => {
    const found = await api.getParticipant(person.room.room, person.identity).catch(() => null)
    return found?.state === STATE_ACTIVE && isTheOne(found) && found
  })
  const { kind, ...rest } = told(seen)
  if (kind !== person.kind) throw new Error(`${person.identity} joined as ${person.kind}, the server says ${kind}`)
  Object.assign(person, rest)
  await identifyRoom(person.room)
  write('participant_joined', about(person))
}

async function left(person, expected) {
  const { at, reason } = await within(`leaving of ${person.identity}`, person.gone)
  if (reason !== expected) throw new Error(`${person.identity} left ${person.room.room} with ${reason}, not ${expected}`)
  person.left_at = at
  person.disconnect_reason = reason
  write('participant_left', { ...about(person), at })
}

async function leave(person, tone) {
  tone?.stop()
  await person.connection.disconnect()
  person.left_at = now()
  person.disconnect_reason = 'CLIENT_INITIATED'
  write('participant_left', about(person))
}

// The signal connection alone is lost: the same participant goes on, and LiveKit posts nothing.
async function resume(person) {
  await comeBack(person, SimulateScenarioKind.SIMULATE_SIGNAL_RECONNECT)
  const seen = await api.getParticipant(person.room.room, person.identity)
  if (seen.sid !== person.participant_sid) throw new Error(`${person.identity} resumed with another sid, ${seen.sid}`)
  write('participant_resumed', about(person))
}

// The client starts anew by itself, with the same token: for LiveKit another participant of the same identity.
async function reconnect(person) {
  await comeBack(person, SimulateScenarioKind.SIMULATE_FULL_RECONNECT)
  person.left_at = now()
  person.disconnect_reason = 'CLIENT_INITIATED'
  write('participant_left', about(person))
  const { identity, name, kind, metadata, attributes, connection, gone } = person
  const back = meet(person.room, { identity, name, kind, metadata, attributes })
  hidden(back, 'connection', connection)
  hidden(back, 'gone', gone)
  await active(back, (seen) => seen.sid !== person.participant_sid)
  return back
}

async function comeBack(person, scenario) {
  const back = new Promise((resolve) => person.connection.once(RoomEvent.Reconnected, resolve))
  await person.connection.simulateScenario(scenario)
  await within(`coming back of ${person.identity}`, back)
}

function meet(room, facts) {
  const person = {
    participant_sid: null, identity: null, name: '', kind: 'standard', metadata: '', attributes: {},
    joined_at: null, left_at: null, disconnect_reason: null, never_active: false, ...facts,
  }
  room.people.push(person)
  hidden(person, 'room', room)
  return person
}

// What the server tells of a participant.
function told(seen) {
  const kinds = { 0: 'standard', 1: 'ingress', 2: 'egress', 3: 'sip', 4: 'agent' }
  return { participant_sid: seen.sid, kind: kinds[seen.kind] ?? String(seen.kind), joined_at: instant(seen.joinedAtMs) }
}

function about(person) {
  return { room: person.room.room, room_sid: person.room.room_sid, ...person }
}

// --- Tracks ------------------------------------------------------------------------------------------------------

async function publishTone(person) {
  const source = new AudioSource(SAMPLE_RATE, 1)
  const local = LocalAudioTrack.createAudioTrack('tone', source)
  const options = new TrackPublishOptions({ source: TrackSource.SOURCE_MICROPHONE })
  const publication = await within(`track of ${person.identity}`, person.connection.localParticipant.publishTrack(local, options))
  const track = { track_sid: publication.sid, participant_sid: person.participant_sid, identity: person.identity, type: 'AUDIO', source: 'MICROPHONE', published_at: now() }
  person.room.tracks.push(track)
  write('track_published', { room: person.room.room, room_sid: person.room.room_sid, ...track })
  let playing = true
  const tone = { track, stop: () => { playing = false } }
  play(source, () => playing && person.connection.isConnected).catch(() => {})
  return tone
}

async function play(source, on) {
  const samples = SAMPLE_RATE / 50
  for (let position = 0; on(); position += samples) {
    const wave = Int16Array.from({ length: samples }, (_, i) => 8_000 * Math.sin((2 * Math.PI * 440 * (position + i)) / SAMPLE_RATE))
    await source.captureFrame(new AudioFrame(wave, SAMPLE_RATE, 1, samples))
  }
}

// A moderator mutes. LiveKit posts nothing about it.
async function mute(person, tone) {
  await api.mutePublishedTrack(person.room.room, person.identity, tone.track.track_sid, true)
  write('track_muted', { room: person.room.room, room_sid: person.room.room_sid, ...tone.track })
}

async function unpublish(person, tone) {
  tone.stop()
  await person.connection.localParticipant.unpublishTrack(tone.track.track_sid)
  await until(`track of ${person.identity} gone`, async () => (await api.getParticipant(person.room.room, person.identity)).tracks.length === 0)
  tone.track.unpublished_at = now()
  write('track_unpublished', { room: person.room.room, room_sid: person.room.room_sid, ...tone.track })
}

// --- Means -------------------------------------------------------------------------------------------------------

async function tokenFor(room, { identity, name, kind = 'standard', metadata = '', attributes = {}, grants = {} }) {
  const token = new AccessToken(given.key, given.secret, { identity, name, metadata, attributes, ttl: 600 })
  if (kind !== 'standard') token.kind = kind
  token.addGrant({ roomJoin: true, room, ...(kind === 'agent' ? { agent: true } : {}), ...grants })
  return token.toJwt()
}

// LiveKit's signal connection by hand: the upgrade alone makes the join.
function openSignal(token) {
  const target = new URL(given.url.replace(/^ws/, 'http'))
  return within('signal connection', new Promise((resolve, reject) => {
    const upgrade = httpRequest({
      host: target.hostname, port: target.port, path: `/rtc?access_token=${token}&protocol=15&sdk=js&version=2.15.0&auto_subscribe=1`,
      headers: {
        Connection: 'Upgrade', Upgrade: 'websocket', 'Sec-WebSocket-Version': '13', 'Sec-WebSocket-Key': randomBytes(16).toString('base64'),
      },
    })
    upgrade.on('upgrade', (_, socket) => resolve(socket.on('error', () => {}).resume()))
    upgrade.on('response', (response) => reject(new Error(`the signal connection was refused with ${response.statusCode}`)))
    upgrade.on('error', reject).end()
  }))
}

async function until(what, look, limitMs = STEP_MS_MAX) {
  const deadline = Date.now() + limitMs
  for (;;) {
    const found = await look()
    if (found) return found
    if (Date.now() > deadline) throw new Error(`not seen within ${limitMs} ms: ${what}`)
    await pause(POLL_MS)
  }
}

function within(what, promise) {
  let timer
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not seen within ${STEP_MS_MAX} ms: ${what}`)), STEP_MS_MAX)
  })
  return Promise.race([promise, late]).finally(() => clearTimeout(timer))
}

function write(what, facts) {
  process.stdout.write(JSON.stringify({ at: now(), what, ...facts }) + '\n')
}

// Keeps a value with its object and out of what is written down.
function hidden(object, name, value) {
  Object.defineProperty(object, name, { value, enumerable: false })
}

function instant(milliseconds) {
  return Number(milliseconds) ? new Date(Number(milliseconds)).toISOString() : null
}

function now() {
  return new Date().toISOString()
}

function pause(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}

if (given.sit) {
  await sit(given.sit)
} else {
  const giveUp = setTimeout(() => fail(new Error(`the scenario took longer than ${SCENARIO_MS_MAX} ms`)), SCENARIO_MS_MAX)
  process.on('unhandledRejection', fail)
  try {
    await main()
  } catch (error) {
    fail(error)
  }
  clearTimeout(giveUp)
  await dispose()
  process.exit(0)
}

function fail(error) {
  process.stderr.write(`scenario: ${error.message}${error.cause ? `, ${error.cause.message || error.cause.code}` : ''}\n`)
  process.exit(1)
}
