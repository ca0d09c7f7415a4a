// One participant joins with a token, and says what LiveKit's own clients and server make of it.
//
//   node join.mjs --url ws://127.0.0.1:7880 --key devkey --secret secret --token JWT --out FILE
//
// FILE becomes one JSON object: `claims` as the server SDK verifies them, `room_config` as the browser client
// decodes it, then what the server shows once the participant is in: `room`, `participant`, `dispatches`.
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { dispose, Room } from '@livekit/rtc-node'
import { decodeTokenPayload } from 'livekit-client'
import { AgentDispatchClient, RoomServiceClient, TokenVerifier } from 'livekit-server-sdk'

const MS_MAX = 20_000

const { values: given } = parseArgs({
  options: Object.fromEntries(['url', 'key', 'secret', 'token', 'out'].map((name) => [name, { type: 'string' }])),
})
const giveUp = setTimeout(() => fail(new Error(`joining took longer than ${MS_MAX} ms`)), MS_MAX)
process.on('unhandledRejection', fail)

try {
  writeFileSync(given.out, JSON.stringify(await found()))
} catch (error) {
  fail(error)
}
clearTimeout(giveUp)
await dispose()
process.exit(0)

async function found() {
  const api = [given.url.replace(/^ws/, 'http'), given.key, given.secret]
  const claims = await new TokenVerifier(given.key, given.secret).verify(given.token)
  const connection = new Room()
  await connection.connect(given.url, given.token, { autoSubscribe: false, dynacast: false })
  const rooms = new RoomServiceClient(...api)
  const [room] = await rooms.listRooms([connection.name])
  const participant = await rooms.getParticipant(connection.name, connection.localParticipant.identity)
  const dispatches = await new AgentDispatchClient(...api).listDispatch(connection.name)
  const sid = await connection.getSid()
  await connection.disconnect()
  return {
    claims,
    room_config: decodeTokenPayload(given.token).roomConfig?.toJson() ?? null,
    joined_sid: sid,
    room: room.toJson(),
    participant: participant.toJson(),
    dispatches: dispatches.map((dispatch) => dispatch.toJson()),
  }
}

function fail(error) {
  process.stderr.write(`join: ${error.message}\n`)
  process.exit(1)
}
