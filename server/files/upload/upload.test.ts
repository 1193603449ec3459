import { existsSync } from 'node:fs'
import { readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { type ClientRequest, request } from 'node:http'
import { connect } from 'node:net'
import { join } from 'node:path'
import { eq } from 'drizzle-orm'
import sharp from 'sharp'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Problem } from '../../../shared/contract/errors.ts'
import type { UploadedFile } from '../../../shared/contract/files.ts'
import { once } from '../../base/db/jobs.ts'
import { visitorSeen } from '../../identity/index.ts'
import { type As, makeTestApp, type TestApp } from '../../testing/test-app.ts'
import { markUsed } from '../store.ts'
import { files } from '../tables.ts'
import { forgetUnused } from './forget-unused.ts'

let app: TestApp
let as: As
let photo: Buffer
const boundary = '----of-the-tests-42'

beforeAll(async () => {
  app = await makeTestApp({ env: { CLIENT_PATIENCE_SECONDS: '1' } })
  as = await visitor('oSender')
  photo = await sharp({ create: { width: 300, height: 200, channels: 3, background: '#c42' } })
    .jpeg()
    .toBuffer()
})
afterAll(() => app.stop())
beforeEach(async () => {
  await app.db.delete(files)
  await rm(folder(), { recursive: true, force: true })
})

const folder = () => join(app.ctx.config.dataDir, 'files')

async function visitor(openid: string): Promise<As> {
  const { identityId } = await visitorSeen(app.ctx, {
    corpId: app.corpId,
    appId: 'wx5e1f8c27d90b643a',
    openid,
  })
  return app.visitor(identityId)
}

function part(disposition: string, content: Buffer | string, more = ''): Buffer {
  return Buffer.concat([
    Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; ${disposition}\r\n${more}\r\n`),
    Buffer.from(content),
    Buffer.from('\r\n'),
  ])
}
function form(...parts: Buffer[]): Buffer {
  return Buffer.concat([...parts, Buffer.from(`--${boundary}--\r\n`)])
}
function formWith(content: Buffer): Buffer {
  return form(part('name="file"; filename="a.jpg"', content, 'Content-Type: image/jpeg\r\n'))
}

interface Answer {
  status: number | undefined
  code: string | undefined
  retryAfter: string | undefined
  file: UploadedFile
}

/** Begins an upload. `sent` is what goes out at once; `end` sends the rest. */
function begin(
  sent: Buffer,
  { rest, who = as, length }: { rest?: Buffer; who?: As; length?: number } = {},
): { call: ClientRequest; answer: Promise<Answer | string>; end: () => void } {
  const whole = sent.length + (rest?.length ?? 0)
  const call = request(`${app.url}/api/files`, {
    method: 'POST',
    agent: false,
    headers: {
      ...who,
      'content-type': `multipart/form-data; boundary=${boundary}`,
      'content-length': length ?? whole,
    },
  })
  const answer = new Promise<Answer | string>((resolve) => {
    call.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
    call.on('response', (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => {
        const body: unknown = JSON.parse(Buffer.concat(chunks).toString())
        resolve({
          status: response.statusCode,
          code: (body as Problem).code,
          retryAfter: response.headers['retry-after'],
          file: body as UploadedFile,
        })
      })
    })
  })
  call.write(sent)
  return { call, answer, end: () => call.end(rest) }
}
async function send(body: Buffer, who = as): Promise<Answer> {
  const { answer, end } = begin(body, { who })
  end()
  const got = await answer
  if (typeof got === 'string') throw new Error(got)
  return got
}

/** What lies in the folder and is not the bytes of a stored file. */
async function unfinished(): Promise<string[]> {
  const names = existsSync(folder()) ? await readdir(folder()) : []
  return names.filter((name) => !/^[0-9a-f]{2}$/.test(name))
}
async function lies(sha256: string): Promise<boolean> {
  return existsSync(join(folder(), sha256.slice(0, 2), sha256))
}
async function rowOf(id: string) {
  const [row] = await app.db.select().from(files).where(eq(files.id, id))
  return row
}

/** The longest time for which the process did nothing else, in milliseconds. */
async function longestPause(during: () => Promise<unknown>): Promise<number> {
  let [last, most] = [performance.now(), 0]
  const look = setInterval(() => {
    most = Math.max(most, performance.now() - last)
    last = performance.now()
  }, 2)
  try {
    await during()
  } finally {
    clearInterval(look)
  }
  return most
}

describe('a form that wants to keep the server busy', () => {
  const tenMegabytes = 10 * 1024 * 1024
  const many = (text: string) => Buffer.from(text.repeat(Math.floor(tenMegabytes / text.length)))
  const start = `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n`

  test.each([
    [
      'ten megabytes of headers in a part',
      () => Buffer.concat([Buffer.from(start), many('a:b\r\n')]),
    ],
    ['one header of ten megabytes', () => Buffer.concat([Buffer.from(`${start}a: `), many('b')])],
    ['half a million parts', () => many(`--${boundary}\r\n\r\n\r\n`)],
    [
      'a quarter of a million fields',
      () => many(`--${boundary}\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n`),
    ],
    ['ten megabytes before the first part', () => many('hello ')],
    [
      'ten megabytes behind the last one',
      () => Buffer.concat([formWith(photo), many('good bye ')]),
    ],
    [
      'one field of ten megabytes',
      () => Buffer.concat([Buffer.from(start.replace(/; filename.*/, '\r\n')), many('1')]),
    ],
    [
      'another file of ten megabytes',
      () => form(part('name="other"; filename="b"', many('1')), part('name="file"', photo)),
    ],
  ])('by %s is refused after some kilobytes, and stops nobody', async (_what, make) => {
    const body = make()
    let answer: Answer | string = ''
    const pause = await longestPause(async () => {
      const upload = begin(body)
      upload.end()
      answer = await upload.answer
    })
    expect(answer).toMatchObject({ status: 400, code: 'invalid_request' })
    // A parser that takes the whole body needs half a second for it, on a good day.
    expect(pause).toBeLessThan(200)
    expect(await unfinished()).toEqual([])
  })

  test.each([
    ['no boundary', 'multipart/form-data; charset=utf-8'],
    ['an empty boundary', 'multipart/form-data; boundary='],
    ['a boundary of a kilobyte', `multipart/form-data; boundary=${'x'.repeat(1024)}`],
  ])('with %s is refused', async (_what, type) => {
    const init = { method: 'POST', body: formWith(photo), headers: { 'content-type': type } }
    expect(await (await app.fetch('/api/files', init, as)).json()).toMatchObject({
      code: 'invalid_request',
    })
  })

  test('whose last boundary never comes is refused, and nothing of it stays', async () => {
    const body = formWith(photo)
    const cut = body.subarray(0, body.length - 10)
    expect(await send(cut)).toMatchObject({ status: 400, code: 'invalid_request' })
    expect(await unfinished()).toEqual([])
    expect(await app.db.$count(files)).toBe(0)
  })
})

describe('a photo', () => {
  test('of exactly ten megabytes is read, and one byte more is not', async () => {
    const most = 10 * 1024 * 1024
    expect(await send(formWith(Buffer.alloc(most)))).toMatchObject({ code: 'file_type_refused' })
    expect(await send(formWith(Buffer.alloc(most + 1)))).toMatchObject({
      status: 413,
      code: 'body_too_large',
    })
    expect(await unfinished()).toEqual([])
  })

  test('whose sender leaves in the middle is dropped', async () => {
    const body = formWith(photo)
    const { call, answer } = begin(body.subarray(0, 500), { rest: body.subarray(500) })
    await expect.poll(unfinished).toHaveLength(1)
    call.destroy()
    await answer
    await expect.poll(unfinished).toEqual([])
    expect(await app.db.$count(files)).toBe(0)
  })

  test('whose sender falls silent is dropped with a word, and its connection ends', async () => {
    const body = formWith(photo)
    const { call, answer } = begin(body.subarray(0, 500), { rest: body.subarray(500) })
    expect(await answer).toMatchObject({ status: 408, code: 'request_too_slow' })
    await expect.poll(() => call.socket?.destroyed, { timeout: 5_000 }).toBe(true)
    expect(await unfinished()).toEqual([])
  })

  test('that drips for ever is dropped too', async () => {
    const { call, answer } = begin(formWith(photo).subarray(0, 500), { length: 100_000 })
    const drip = setInterval(() => call.write('x'), 200)
    try {
      expect(await answer).toMatchObject({ status: 408, code: 'request_too_slow' })
    } finally {
      clearInterval(drip)
      call.destroy()
    }
    expect(await unfinished()).toEqual([])
  })
})

describe('many photos at once', () => {
  const body = () => formWith(photo)

  test('of one visitor: six may be under way, the seventh waits; another visitor may send', async () => {
    const other = await visitor('oAnother')
    const first = Array.from({ length: 6 }, () =>
      begin(body().subarray(0, 500), { rest: body().subarray(500) }),
    )
    await expect.poll(unfinished).toHaveLength(6)
    const seventh = await send(body())
    expect(seventh).toMatchObject({ status: 429, code: 'too_many_requests' })
    expect(Number(seventh.retryAfter)).toBeGreaterThan(0)
    expect(await send(body(), other)).toMatchObject({ status: 200 })
    for (const { end } of first) end()
    for (const { answer } of first) expect(await answer).toMatchObject({ status: 200 })
    // Each of them has left its place.
    expect(await send(body())).toMatchObject({ status: 200 })
  })

  test('of many visitors: a process takes 24, and says when to come back', async () => {
    const senders = await Promise.all(
      Array.from({ length: 25 }, (_, index) => visitor(`oCrowd${index}`)),
    )
    const [late, ...early] = senders
    const first = early.map((who) =>
      begin(body().subarray(0, 500), { rest: body().subarray(500), who }),
    )
    await expect.poll(unfinished).toHaveLength(24)
    const refused = await send(body(), late)
    expect(refused).toMatchObject({ status: 503, code: 'unavailable' })
    expect(Number(refused.retryAfter)).toBeGreaterThan(0)
    for (const { call } of first) call.destroy()
    await expect.poll(unfinished).toEqual([])
    expect(await send(body(), late)).toMatchObject({ status: 200 })
  })
})

describe('what nobody needs', () => {
  const day = 24 * 60 * 60_000
  /** Two pictures, because the second must not go with the first. */
  const pictures = () =>
    Promise.all(
      ['#123', '#456'].map((background) =>
        sharp({ create: { width: 20, height: 20, channels: 3, background } })
          .png()
          .toBuffer(),
      ),
    )

  test('a photo that no order names is deleted after a week; one that is named, or younger, stays', async () => {
    const [one = photo, other = photo] = await pictures()
    const { file: forgotten } = await send(formWith(one))
    const { file: named } = await send(formWith(other))
    await app.db.transaction((tx) => markUsed(tx, [named.id], app.clock.now()))
    const { sha256 = '' } = (await rowOf(forgotten.id)) ?? {}
    app.clock.advance(7 * day - 60_000)
    const { file: young } = await send(formWith(photo))
    await once(app.ctx, forgetUnused)
    expect(await rowOf(forgotten.id)).toBeDefined()
    app.clock.advance(120_000)
    await once(app.ctx, forgetUnused)
    expect(await rowOf(forgotten.id)).toBeUndefined()
    expect(await lies(sha256)).toBe(false)
    for (const { id } of [named, young]) {
      const row = await rowOf(id)
      expect(await lies(row?.sha256 ?? '')).toBe(true)
    }
    app.clock.advance(-7 * day - 60_000)
  })

  test('the bytes of a deleted photo stay while another photo has the same', async () => {
    const twice = [await send(formWith(photo)), await send(formWith(photo))]
    const [{ file: forgotten }, { file: named }] = twice as [Answer, Answer]
    await app.db.transaction((tx) => markUsed(tx, [named.id], app.clock.now()))
    app.clock.advance(8 * day)
    await once(app.ctx, forgetUnused)
    app.clock.advance(-8 * day)
    expect(await rowOf(forgotten.id)).toBeUndefined()
    expect(await lies((await rowOf(named.id))?.sha256 ?? '')).toBe(true)
  })

  test('photos are deleted however many there are, and never where the installation keeps them', async () => {
    const { file } = await send(formWith(photo))
    await app.db.$client.query(
      `insert into files select gen_random_uuid(), corp_id, sha256, media_type, name, bytes, width,
        height, access, owner_identity_id, created_at from files, generate_series(1, 500)`,
    )
    const forEver = await makeTestApp({ beside: app, env: { UNUSED_PHOTO_DAYS: '0' } })
    app.clock.advance(3_000 * day)
    await once(forEver.ctx, forgetUnused)
    expect(await app.db.$count(files)).toBe(501)
    await once(app.ctx, forgetUnused)
    app.clock.advance(-3_000 * day)
    await forEver.stop()
    expect(await app.db.$count(files)).toBe(0)
    expect(await rowOf(file.id)).toBeUndefined()
  })

  test('what a killed process left half-written goes after an hour; what is being written stays', async () => {
    const { file } = await send(formWith(photo))
    const [left, fresh] = ['incoming-left', 'incoming-fresh'].map((name) => join(folder(), name))
    for (const path of [left, fresh]) await writeFile(path ?? '', 'half')
    const longAgo = new Date(app.clock.now().getTime() - 61 * 60_000)
    await utimes(left ?? '', longAgo, longAgo)
    await once(app.ctx, forgetUnused)
    expect(await unfinished()).toEqual(['incoming-fresh'])
    expect(await lies((await rowOf(file.id))?.sha256 ?? '')).toBe(true)
  })
})

test('a refused form is answered on a connection that closes, whatever the sender does', async () => {
  const { port } = new URL(app.url)
  const socket = connect(Number(port), 'localhost')
  const head = [
    'POST /api/files HTTP/1.1',
    'Host: localhost',
    `Authorization: ${as['Authorization']}`,
    `Content-Type: multipart/form-data; boundary=${boundary}`,
    'Transfer-Encoding: chunked',
  ].join('\r\n')
  let heard = ''
  socket.on('data', (chunk) => (heard += String(chunk)))
  const ended = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  socket.on('error', () => undefined)
  socket.write(`${head}\r\n\r\n`)
  // Without an announced length, and without an end.
  const chunk = Buffer.alloc(64 * 1024, 120)
  const start = part('name="file"; filename="a"', '').subarray(0, -2)
  socket.write(`${start.length.toString(16)}\r\n`)
  socket.write(start)
  socket.write('\r\n')
  const pour = setInterval(() => {
    socket.write(`${chunk.length.toString(16)}\r\n`)
    socket.write(chunk)
    socket.write('\r\n')
  }, 2)
  await ended
  clearInterval(pour)
  expect(heard).toMatch(/^HTTP\/1\.1 413 /)
  expect(await unfinished()).toEqual([])
})
