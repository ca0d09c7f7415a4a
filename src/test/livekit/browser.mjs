// Real people in a real browser, on the page of docs/recipes/browser.md.
//
//   node browser.mjs --browser /usr/bin/chromium --page URL --elsewhere URL --owner JWT --guest JWT --guest-id UUID
//     --stranger JWT --out FILE
//
// `elsewhere` is the same page at an origin that the service was not told of. FILE becomes one JSON object: what
// each of them saw. Exit 0 when everything was seen; else 1 and a line why.
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { chromium } from 'playwright-core'
import { complaints } from './complaints.mjs'

const MS_MAX = 80_000
const STEP_MS_MAX = 25_000
const NAMES = ['browser', 'page', 'elsewhere', 'owner', 'guest', 'guest-id', 'stranger', 'out', 'url', 'key', 'secret']

const { values: given } = parseArgs({ options: Object.fromEntries(NAMES.map((name) => [name, { type: 'string' }])) })
const giveUp = setTimeout(() => fail(new Error(`the browser took longer than ${MS_MAX} ms`)), MS_MAX)
const browser = await chromium.launch({
  executablePath: given.browser,
  args: ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'],
})
try {
  writeFileSync(given.out, JSON.stringify(await seen()))
} catch (error) {
  await fail(error)
}
clearTimeout(giveUp)
await browser.close()

async function seen() {
  const owner = await signedIn(given.page, given.owner, 'Ann')
  await owner.page.getByLabel('Title').fill('A call in the browser')
  await owner.page.getByLabel('Invite').fill(given['guest-id'])
  await owner.page.getByRole('button', { name: 'Start a call' }).click()
  const room = await owner.page.getByRole('heading').textContent()

  const guest = await signedIn(given.page, given.guest, 'Bob')
  await join(guest, room)
  for (const { page } of [owner, guest]) {
    await see(page, 'a second person', () => document.querySelectorAll('li').length === 2)
    await see(page, 'a voice', () => document.querySelector('audio')?.currentTime > 0)
  }
  const people = await owner.page.getByRole('listitem').allTextContents()

  const stranger = await signedIn(given.page, given.stranger, 'Eve')
  await join(stranger, room)
  const refusal = await alert(stranger)
  const elsewhere = await signingIn(given.elsewhere, given.owner, 'Ann')
  const unreachable = await alert(elsewhere)

  await owner.page.getByRole('button', { name: 'End for all' }).click()
  return {
    room, people, refusal, unreachable,
    rows: { owner: await row(owner), guest: await row(guest) },
    complaints: [...owner.complaints, ...guest.complaints],
  }
}

async function signedIn(address, token, name) {
  const person = await signingIn(address, token, name)
  await person.page.getByRole('button', { name: 'Start a call' }).waitFor()
  return person
}

async function signingIn(address, token, name) {
  const context = await browser.newContext()
  context.setDefaultTimeout(STEP_MS_MAX)
  const page = await context.newPage()
  const heard = complaints(page)
  await page.goto(address)
  await page.getByLabel('Token').fill(token)
  await page.getByLabel('Name').fill(name)
  await page.getByRole('button', { name: 'Sign in' }).click()
  return { page, complaints: heard }
}

async function join({ page }, room) {
  await page.getByLabel('Room').fill(room)
  await page.getByRole('button', { name: 'Join' }).click()
}

async function alert({ page }) {
  await see(page, 'an alert', () => document.querySelector('[role=alert]').textContent)
  return page.getByRole('alert').textContent()
}

async function row({ page }) {
  await see(page, 'an ended row', () => document.querySelector('pre').textContent.includes('"ended_at": "'))
  return JSON.parse(await page.locator('pre').textContent())
}

async function see(page, what, isThere) {
  await page.waitForFunction(isThere).catch((error) => {
    throw new Error(`${page.url()} never shows ${what}: ${error.message}`)
  })
}

async function fail(error) {
  process.stderr.write(`browser: ${error.message}\n`)
  await browser?.close()
  process.exit(1)
}
