import { connect, type Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { keepPublished } from '../../files/index.ts'
import { makeContact } from '../../testing/factories.ts'
import { makeTestApp, type TestApp } from '../../testing/test-app.ts'

const bytes = 24 * 1024 * 1024
const patienceMs = 1_000
let app: TestApp
let film: string
/** Our ends of the connections, by their clients' ports. */
const ends = new Map<number, Socket>()

beforeAll(async () => {
  app = await makeTestApp({ env: { CLIENT_PATIENCE_SECONDS: String(patienceMs / 1000) } })
  app.app.server.on('connection', (socket) => ends.set(socket.remotePort ?? 0, socket))
  const file = await keepPublished(app.ctx, {
    corpId: app.corpId,
    name: 'film.mp4',
    bytes: Buffer.alloc(bytes, 7),
    mediaType: 'video/mp4',
  })
  film = `/files/${file.id}`
})
afterAll(() => app.stop())

interface Client {
  socket: Socket
  heard: () => string
  received: () => number
  /** Whether the server has let go of it. */
  letGo: () => boolean
}

/** A client that sends exactly this. */
async function client(...lines: string[]): Promise<Client> {
  const { port } = new URL(app.url)
  const socket = connect(Number(port), 'localhost')
  let heard = ''
  let received = 0
  socket.on('error', () => undefined)
  socket.on('data', (chunk) => {
    received += chunk.length
    if (heard.length < 4096) heard += String(chunk)
  })
  await new Promise<void>((resolve) => socket.once('connect', () => resolve()))
  const own = socket.localPort ?? 0
  socket.write(lines.join('\r\n'))
  return {
    socket,
    heard: () => heard,
    received: () => received,
    letGo: () => ends.get(own)?.destroyed === true,
  }
}
const get = (path: string) => [`GET ${path} HTTP/1.1`, 'Host: localhost', '', '']
/** Longer than the server waits, with room for a busy machine. */
const soon = { timeout: 10 * patienceMs, interval: 20 }

describe('a reader of a film', () => {
  test('who stops reading is let go', async () => {
    const { socket, letGo, received } = await client(...get(film))
    await expect.poll(received, soon).toBeGreaterThan(0)
    socket.pause()
    await expect.poll(letGo, soon).toBe(true)
    expect(received()).toBeLessThan(bytes)
    socket.destroy()
  })

  test('who takes a drop now and then is let go', async () => {
    const { socket, letGo } = await client(...get(film))
    socket.pause()
    const drip = setInterval(() => socket.read(16), 100)
    await expect.poll(letGo, soon).toBe(true)
    clearInterval(drip)
    socket.destroy()
  })

  test('who keeps reading gets all of it', async () => {
    const answer = await fetch(app.url + film)
    expect((await answer.arrayBuffer()).byteLength).toBe(bytes)
  })

  test('who paused for less than the patience gets all of it', async () => {
    const { socket, received, letGo } = await client(...get(film))
    await expect.poll(received, soon).toBeGreaterThan(0)
    socket.pause()
    await new Promise((resolve) => setTimeout(resolve, patienceMs / 4))
    socket.resume()
    await expect.poll(received, soon).toBeGreaterThanOrEqual(bytes)
    expect(letGo()).toBe(false)
    socket.destroy()
  })
})

describe('a live stream', () => {
  test('on which nothing happens stays open for longer than the patience', async () => {
    const { personId } = await makeContact(app)
    const { Cookie = '' } = app.member('ZhouXiaolan')
    const { socket, heard, letGo } = await client(
      `GET /api/persons/${personId}/moments/live HTTP/1.1`,
      'Host: localhost',
      `Cookie: ${Cookie}`,
      '',
      '',
    )
    await expect.poll(heard, soon).toContain('retry:')
    // A reader of a film who came later is let go first.
    const late = await client(...get(film))
    late.socket.pause()
    await expect.poll(late.letGo, soon).toBe(true)
    expect(letGo()).toBe(false)
    late.socket.destroy()
    socket.destroy()
  })
})

describe('a sender', () => {
  const post = (path: string, ...more: string[]) => [
    `POST ${path} HTTP/1.1`,
    'Host: localhost',
    ...more,
    '',
    '',
  ]

  test('of half a body is told that it took too long, and let go', async () => {
    const json = ['Content-Type: application/json', 'Content-Length: 100']
    const { heard, letGo } = await client(...post('/api/h5/session', ...json), '{"ticket":')
    await expect.poll(heard, soon).toContain('HTTP/1.1 408')
    expect(heard()).toContain('"code":"request_too_slow"')
    await expect.poll(letGo, soon).toBe(true)
  })

  test('of a body that drips is let go too', async () => {
    const json = ['Content-Type: application/json', 'Content-Length: 1000']
    const { socket, heard, letGo } = await client(...post('/api/h5/session', ...json), '{"a":"')
    const drip = setInterval(() => socket.write('x'), 100)
    await expect.poll(heard, soon).toContain('"code":"request_too_slow"')
    clearInterval(drip)
    await expect.poll(letGo, soon).toBe(true)
  })

  test('of half a push is let go', async () => {
    const { app: wecom } = app.first
    const query = `msg_signature=${'a'.repeat(40)}&timestamp=1&nonce=2`
    const own = await makeTestApp({
      beside: app,
      env: {
        CLIENT_PATIENCE_SECONDS: '1',
        WECOM_CALLBACK_TOKEN: 'tokenOfTheApp',
        WECOM_CALLBACK_AES_KEY: 'C'.repeat(42) + 'E',
      },
    })
    const { port } = new URL(own.url)
    const socket = connect(Number(port), 'localhost')
    let heard = ''
    socket.on('data', (chunk) => (heard += String(chunk)))
    const head = post(`/callbacks/wecom/${wecom.agentId}?${query}`, 'Content-Length: 100')
    socket.write([...head, '<xml>'].join('\r\n'))
    await expect.poll(() => heard, soon).toContain('HTTP/1.1 408')
    socket.destroy()
    await own.stop()
  })

  test('of half a head is let go', async () => {
    const { letGo } = await client('GET /api/health HTTP/1.1', 'Host: local')
    await expect.poll(letGo, soon).toBe(true)
  })

  test('of a body that nobody reads is let go after its answer', async () => {
    const { heard, letGo } = await client(...post('/api/nothing', 'Content-Length: 100'), 'half')
    await expect.poll(heard, soon).toContain('HTTP/1.1 404')
    await expect.poll(letGo, { timeout: 15 * patienceMs, interval: 50 }).toBe(true)
  })
})
