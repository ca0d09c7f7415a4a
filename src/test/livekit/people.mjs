// LiveKit's own clients, to be told what to do: one JSON object a line on stdin, one on stdout for each, in order.
//
//   node people.mjs --url ws://127.0.0.1:7880 --key devkey --secret secret
//
// {"do": "join", …} is answered {"done": RESULT}, or {"failed": "why"} when it failed or took too long.
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { TokenSource } from 'livekit-client'
import { AgentDispatchClient, RoomServiceClient } from 'livekit-server-sdk'
import { rtc } from './rtc.mjs'

const STEP_MS_MAX = 15_000

const { values: given } = parseArgs({
  options: Object.fromEntries(['url', 'key', 'secret'].map((name) => [name, { type: 'string' }])),
})
const api = [given.url.replace(/^ws/, 'http'), given.key, given.secret]
const rooms = new RoomServiceClient(...api)
const dispatches = new AgentDispatchClient(...api)
const people = new Map()

const steps = {
  // As a frontend does it; `options` are TokenSource's own.
  async token({ endpoint, bearer, options }) {
    const source = TokenSource.endpoint(endpoint, { headers: { Authorization: `Bearer ${bearer}` } })
    const { serverUrl, participantToken } = await source.fetch(options)
    return { serverUrl, participantToken }
  },

  async join({ who, serverUrl, token }) {
    const room = new rtc.Room()
    const gone = new Promise((resolve) => {
      room.once(rtc.RoomEvent.Disconnected, (reason) => resolve(rtc.DisconnectReason[reason]))
    })
    await room.connect(serverUrl, token, { autoSubscribe: false, dynacast: false })
    people.set(who, { room, gone })
    return { room: room.name, roomSid: await room.getSid(), identity: room.localParticipant.identity }
  },

  async leave({ who }) {
    await people.get(who).room.disconnect()
  },

  // Waits until somebody was thrown out, and tells LiveKit's reason.
  async gone({ who }) {
    return people.get(who).gone
  },

  async remove({ room, identity }) {
    await rooms.removeParticipant(room, identity)
  },

  async live({ room }) {
    return (await rooms.listRooms([room])).map(({ sid }) => ({ sid }))
  },

  // A microphone that says nothing: what counts is that it is there and can be muted.
  async speak({ who }) {
    const track = rtc.LocalAudioTrack.createAudioTrack('voice', new rtc.AudioSource(48_000, 1))
    const options = new rtc.TrackPublishOptions({ source: rtc.TrackSource.SOURCE_MICROPHONE })
    return (await people.get(who).room.localParticipant.publishTrack(track, options)).sid
  },

  async mute({ room, identity, trackSid }) {
    await rooms.mutePublishedTrack(room, identity, trackSid, true)
  },

  // name, metadata and attributes, as a moderator sets them.
  async describe({ room, identity, ...said }) {
    await rooms.updateParticipant(room, identity, said)
  },

  // All rooms with their people, as LiveKit's own SDK reads them.
  async listed() {
    return Promise.all((await rooms.listRooms()).map(async ({ sid, name }) => ({
      sid,
      people: (await rooms.listParticipants(name)).map((one) => ({
        sid: one.sid,
        identity: one.identity,
        name: one.name,
        joined: Number(one.joinedAtMs),
        metadata: one.metadata,
        attributes: one.attributes,
        muted: one.tracks.length > 0 && one.tracks.every((track) => track.muted),
      })),
    })))
  },

  async dispatches({ room }) {
    return (await dispatches.listDispatch(room)).map(({ agentName, metadata }) => ({ agentName, metadata }))
  },
}

for await (const line of createInterface({ input: process.stdin })) {
  const { do: step, ...rest } = JSON.parse(line)
  const answer = await within(steps[step](rest)).then(
    (done) => ({ done: done ?? null }),
    (error) => ({ failed: `${step}: ${error.message}` }),
  )
  process.stdout.write(JSON.stringify(answer) + '\n')
}
await Promise.all([...people.values()].map(({ room }) => room.disconnect()))
await rtc.dispose()
process.exit(0)

function within(promise) {
  let timer
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`took longer than ${STEP_MS_MAX} ms`)), STEP_MS_MAX)
  })
  return Promise.race([promise, late]).finally(() => clearTimeout(timer))
}
