// Real people in real browsers, on the page of docs/recipes/browser-transcripts.md, and somebody who transcribes
// what they say, in both manners of LiveKit's agents.
//
//   node transcripts.mjs --browser /usr/bin/chromium --page URL --room NAME --ann JWT --ann-id UUID --bob JWT
//     --bob-id UUID --out FILE, and --url, --key, --secret of LiveKit
//
// FILE becomes one JSON object: what each page shows, how often it posted, what was answered, what went wrong.
import { writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { AccessToken } from 'livekit-server-sdk'
import { chromium } from 'playwright-core'
import { complaints } from './complaints.mjs'
import { rtc } from './rtc.mjs'

const MS_MAX = 80_000
const STEP_MS_MAX = 20_000
const AGENT = 'agent-of-the-test'
const NAMES = ['browser', 'page', 'room', 'ann', 'ann-id', 'bob', 'bob-id', 'out', 'url', 'key', 'secret']

const { values: given } = parseArgs({ options: Object.fromEntries(NAMES.map((name) => [name, { type: 'string' }])) })
const giveUp = setTimeout(() => fail(new Error(`the browsers took longer than ${MS_MAX} ms`)), MS_MAX)
const browser = await chromium.launch({ executablePath: given.browser })
try {
  writeFileSync(given.out, JSON.stringify(await seen()))
} catch (error) {
  await fail(error)
}
clearTimeout(giveUp)
await browser.close()
await rtc.dispose()
process.exit(0)

async function seen() {
  const ann = await joined(given.ann)
  const bob = await joined(given.bob)
  const agent = await transcriber()
  const told = await speak(agent.localParticipant, [ann, bob])
  for (const person of [ann, bob]) {
    await until('shown is all', () => lines(person), (found) => same(found, told.shown))
    await until('posted is all', () => [...person.taken], (found) => told.posted.every((text) => found.includes(text)))
  }
  const result = {}
  for (const [name, person] of Object.entries({ ann, bob })) {
    const { posts, answers, complaints } = person
    result[name] = { lines: await lines(person), posts, answers: [...answers], complaints }
  }
  await agent.disconnect()
  return { ...result, updates: told.updates }
}

async function joined(token) {
  const page = await (await browser.newContext()).newPage()
  page.setDefaultTimeout(STEP_MS_MAX)
  const person = { page, posts: 0, answers: new Set(), taken: new Set(), complaints: complaints(page) }
  page.on('response', (response) => note(person, response))
  await page.goto(given.page)
  await page.getByLabel('Token').fill(token)
  await page.getByLabel('Room').fill(given.room)
  await page.getByRole('button', { name: 'Join' }).click()
  await page.getByRole('button', { name: 'Leave' }).waitFor()
  return person
}

function note(person, response) {
  const request = response.request()
  if (request.method() !== 'POST' || !request.url().endsWith('/voice/messages')) return
  person.posts++
  person.answers.add(response.status())
  for (const { segment_id: segment, content, final } of JSON.parse(request.postData()).messages) {
    if (response.ok()) person.taken.add(`${segment} ${final} ${content}`)
  }
}

async function transcriber() {
  const token = new AccessToken(given.key, given.secret, { identity: AGENT })
  token.kind = 'agent'
  token.addGrant({ roomJoin: true, room: given.room, agent: true })
  const room = new rtc.Room()
  await room.connect(given.url, await token.toJwt(), { autoSubscribe: false, dynacast: false })
  return room
}

// Tells what pages must show and post at the end, and how many texts there were.
async function speak(participant, listeners) {
  let updates = 0
  const stream = async (identity, segment, final, pieces) => {
    const attributes = { 'lk.segment_id': segment, 'lk.transcription_final': `${final}` }
    const writer = await participant.streamText({ topic: 'lk.transcription', senderIdentity: identity, attributes })
    for (const piece of pieces) {
      await writer.write(piece)
      updates++
    }
    await writer.close()
  }
  const heard = async (identity, segment, guesses, finished = true) => {
    for (const [place, guess] of guesses.entries()) {
      await stream(identity, segment, finished && place === guesses.length - 1, [guess])
    }
  }
  await stream(AGENT, 'SG_greeting', false, ['Good ', 'evening, ', 'how can ', 'I help?'])
  await heard(given['ann-id'], 'SG_ann', ['I would', 'I would like'], false)
  for (const { taken } of listeners) {
    await until('posted is a guess', () => [...taken], (found) => found.includes('SG_ann false I would like'))
  }
  await heard(given['ann-id'], 'SG_ann', ['I would like a table.'])
  const long = Array.from({ length: 40 }, (_, index) => 'So many words. '.repeat(index + 1))
  await heard(given['bob-id'], 'SG_bob', long)
  await stream(AGENT, 'SG_answer', false, ['For ', 'how many?'])
  await heard(given['ann-id'], 'SG_unfinished', ['For', 'For fo'], false)
  return {
    updates,
    shown: [
      'agent: Good evening, how can I help?',
      'caller: I would like a table.',
      `caller: ${long.at(-1)}`,
      'agent: For how many?',
      'caller: For fo',
    ],
    posted: [
      'SG_greeting true Good evening, how can I help?',
      'SG_ann true I would like a table.',
      `SG_bob true ${long.at(-1)}`,
      'SG_answer true For how many?',
      'SG_unfinished false For fo',
    ],
  }
}

function lines({ page }) {
  return page.locator('ol li').evaluateAll((items) => items.map((item) => item.textContent))
}

function same(found, wanted) {
  return JSON.stringify(found.toSorted()) === JSON.stringify(wanted.toSorted())
}

async function until(what, ask, is) {
  const end = Date.now() + STEP_MS_MAX
  for (let found = await ask(); !is(found); found = await ask()) {
    if (Date.now() > end) throw new Error(`never: ${what}, but ${JSON.stringify(found)}`)
    await sleep(50)
  }
}

async function fail(error) {
  process.stderr.write(`transcripts: ${error.message}\n`)
  await browser?.close()
  process.exit(1)
}
