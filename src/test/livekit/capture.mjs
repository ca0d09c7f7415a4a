// A receiver of webhooks that keeps what came, byte for byte.
//
//   node capture.mjs --port 8080 --out FOLDER
//
// Each request becomes two files, numbered in the order of arrival: NNN-EVENT.json is the body as it came,
// NNN-EVENT.headers.json has the headers (the Authorization among them), the path and the time of arrival.
import { createServer } from 'node:http'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'

const BODY_BYTES_MAX = 4 * 1024 * 1024

export async function capture({ port = 0, out }) {
  mkdirSync(out, { recursive: true })
  const deliveries = []
  const server = createServer((request, response) => {
    const chunks = []
    let size = 0
    request.on('data', (chunk) => {
      size += chunk.length
      if (size > BODY_BYTES_MAX) request.destroy()
      else chunks.push(chunk)
    })
    request.on('end', () => {
      const delivery = keep(out, deliveries.length + 1, request, Buffer.concat(chunks))
      deliveries.push(delivery)
      response.writeHead(200).end()
    })
  })
  await new Promise((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve))
  return { port: server.address().port, deliveries, close: () => server.close() }
}

function keep(out, number, request, body) {
  const arrivedAt = new Date().toISOString()
  const name = `${String(number).padStart(3, '0')}-${eventNameIn(body)}`
  writeFileSync(join(out, `${name}.json`), body)
  const about = { arrived_at: arrivedAt, method: request.method, path: request.url, headers: request.headers }
  writeFileSync(join(out, `${name}.headers.json`), JSON.stringify(about, null, 2) + '\n')
  return { name, body, ...about }
}

function eventNameIn(body) {
  try {
    const name = JSON.parse(body).event
    return /^[a-z_]{1,64}$/.test(name) ? name : 'unnamed'
  } catch {
    return 'unreadable'
  }
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { values } = parseArgs({ options: { port: { type: 'string', default: '8080' }, out: { type: 'string' } } })
  if (!values.out) {
    console.error('usage: node capture.mjs --port PORT --out FOLDER')
    process.exit(2)
  }
  const { port } = await capture({ port: Number(values.port), out: values.out })
  console.error(`keeping what is posted to 127.0.0.1:${port} in ${values.out}`)
}
