import { createHash } from 'node:crypto'
import { request } from 'node:http'
import { crc32 } from 'node:zlib'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Problem } from '../../shared/contract/errors.ts'
import type { UploadedFile } from '../../shared/contract/files.ts'
import { visitorSeen } from '../identity/index.ts'
import { type As, makeTestApp, type TestApp } from '../testing/test-app.ts'
import { fileStore } from './file-store.ts'
import { keepPublished } from './keep.ts'

let app: TestApp
let as: As

beforeAll(async () => {
  app = await makeTestApp()
  const { identityId } = await visitorSeen(app.ctx, {
    corpId: app.corpId,
    appId: 'wx5e1f8c27d90b643a',
    openid: 'oPhotographer',
  })
  as = app.visitor(identityId)
})
afterAll(() => app.stop())

async function send(bytes: Uint8Array, name = 'photo.jpg'): Promise<Response> {
  const form = new FormData()
  form.set('file', new Blob([new Uint8Array(bytes)]), name)
  return app.fetch('/api/files', { method: 'POST', body: form }, as)
}
async function upload(bytes: Uint8Array, name?: string): Promise<UploadedFile> {
  const response = await send(bytes, name)
  expect(response.status).toBe(200)
  return (await response.json()) as UploadedFile
}
async function refusal(bytes: Uint8Array, name?: string): Promise<string> {
  return ((await (await send(bytes, name)).json()) as Problem).code
}
async function download(url: string): Promise<Buffer> {
  const response = await fetch(url)
  expect(response.status).toBe(200)
  return Buffer.from(await response.arrayBuffer())
}
function picture(width: number, height: number) {
  return sharp({ create: { width, height, channels: 3, background: '#cc4422' } })
}

describe('a photo', () => {
  test('loses where it was taken, and stands upright', async () => {
    const taken = await picture(60, 40)
      .jpeg()
      .withMetadata({ orientation: 6 })
      .withExifMerge({ IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '31/1 14/1 0/1' } })
      .toBuffer()
    expect((await sharp(taken).metadata()).exif).toBeDefined()
    const kept = await upload(taken)
    expect(kept).toMatchObject({ width: 40, height: 60 })
    const stored = await sharp(await download(kept.url)).metadata()
    expect(stored).toMatchObject({ format: 'jpeg', width: 40, height: 60 })
    expect([stored.exif, stored.xmp, stored.icc, stored.orientation]).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ])
  })

  test('may be a JPEG, a PNG or a WebP, whatever it is called', async () => {
    const files = [
      await picture(20, 10).jpeg().toBuffer(),
      await picture(20, 10).png().toBuffer(),
      await picture(20, 10).webp().toBuffer(),
    ]
    const types = await Promise.all(
      files.map(async (bytes) =>
        (await fetch((await upload(bytes, '表情 😀 عربي.exe')).url)).headers.get('content-type'),
      ),
    )
    expect(types).toEqual(['image/jpeg', 'image/png', 'image/webp'])
  })

  test('of a camera is made small enough for a phone', async () => {
    expect(await upload(await picture(6000, 4000).jpeg().toBuffer())).toMatchObject({
      width: 2880,
      height: 1920,
    })
  })

  test('is refused when it is text named .jpg, SVG, GIF, truncated, empty or a page with a picture in front', async () => {
    const whole = await sharp({
      create: {
        width: 300,
        height: 300,
        channels: 3,
        background: 'red',
        noise: { type: 'gaussian', mean: 90, sigma: 60 },
      },
    })
      .jpeg()
      .toBuffer()
    const fakes = [
      Buffer.from('I am no picture'),
      Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'),
      Buffer.from('GIF89a/*<script>alert(1)</script>*/'),
      whole.subarray(0, whole.length / 2),
      Buffer.alloc(0),
      Buffer.concat([
        Buffer.from('\x89PNG\r\n\x1a\n'),
        Buffer.from('<html><script>alert(1)</script></html>'),
      ]),
    ]
    expect(await Promise.all(fakes.map((bytes) => refusal(bytes)))).toEqual(
      fakes.map(() => 'file_type_refused'),
    )
  })

  test('is kept without what was hidden behind it', async () => {
    const polyglot = Buffer.concat([
      await picture(20, 10).jpeg().toBuffer(),
      Buffer.from('<script>alert(1)</script>PK\x03\x04'),
    ])
    expect((await download((await upload(polyglot)).url)).includes('<script>')).toBe(false)
  })

  test('of more than 50 megapixels is refused before it is decoded', async () => {
    const bomb = await picture(10, 10).png().toBuffer()
    bomb.writeUInt32BE(10_000, 16)
    bomb.writeUInt32BE(5_001, 20)
    bomb.writeUInt32BE(crc32(bomb.subarray(12, 29)), 29)
    expect(await refusal(bomb)).toBe('image_too_large')
  })

  test('of more than 10 MB is refused as soon as that is known', async () => {
    expect(await refusal(Buffer.alloc(10 * 1024 * 1024 + 1))).toBe('body_too_large')
    expect(await announced(20 * 1024 * 1024)).toBe(413)
  })

  test('must come in a part named file, from somebody signed in', async () => {
    const form = new FormData()
    form.set('picture', 'x')
    expect(
      (
        (await (
          await app.fetch('/api/files', { method: 'POST', body: form }, as)
        ).json()) as Problem
      ).code,
    ).toBe('invalid_request')
    expect(
      (
        await app.fetch(
          '/api/files',
          { method: 'POST', body: '{}', headers: { 'Content-Type': 'application/json' } },
          as,
        )
      ).status,
    ).toBe(415)
    expect((await app.fetch('/api/files', { method: 'POST', body: form })).status).toBe(401)
  })

  test('arrives from a phone as WeChat sends it, with other fields around it', async () => {
    const part = (name: string, more = '') =>
      `--xx\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n`
    const photo = await picture(20, 10).jpeg().toBuffer()
    const before = `${part('scene')}报修 😀\r\n${part('file', '; filename="http://tmp/照片.jpg"\r\nContent-Type: image/jpeg')}`
    const body = Buffer.concat([Buffer.from(before), photo, Buffer.from('\r\n--xx--\r\n')])
    const response = await app.fetch(
      '/api/files',
      { method: 'POST', body, headers: { 'Content-Type': 'multipart/form-data; boundary=xx' } },
      as,
    )
    expect(await response.json()).toMatchObject({ width: 20, height: 10 })
    const broken = await app.fetch(
      '/api/files',
      {
        method: 'POST',
        body: body.subarray(0, 60),
        headers: { 'Content-Type': 'multipart/form-data; boundary=xx' },
      },
      as,
    )
    expect(((await broken.json()) as Problem).code).toBe('invalid_request')
  })

  test('can only be seen with an address that was signed for it and has not expired', async () => {
    const [one, other] = [
      await upload(await picture(20, 10).png().toBuffer()),
      await upload(await picture(10, 20).png().toBuffer()),
    ]
    const url = new URL(one.url)
    expect((await fetch(url)).headers.get('cache-control')).toMatch(/^private, max-age=\d+$/)
    expect((await fetch(`${url.origin}${url.pathname}`)).status).toBe(403)
    expect((await fetch(`${url.origin}/files/${other.id}${url.search}`)).status).toBe(403)
    expect(
      (
        await fetch(
          `${url.origin}${url.pathname}?${url.searchParams.toString().replace(/exp=\d/, 'exp=9')}`,
        )
      ).status,
    ).toBe(403)
    app.clock.advance(91 * 60_000)
    expect((await fetch(url)).status).toBe(403)
  })

  /** Announces the length of the body and waits for the answer without sending it. */
  function announced(length: number): Promise<number | undefined> {
    return new Promise((resolve, reject) => {
      const headers = {
        ...as,
        'content-type': 'multipart/form-data; boundary=x',
        'content-length': length,
      }
      const call = request(`${app.url}/api/files`, { method: 'POST', headers })
      call.on('response', (response) => {
        resolve(response.statusCode)
        call.destroy()
      })
      call.on('error', reject)
      call.flushHeaders()
    })
  }
})

describe('a published file', () => {
  const bytes = Buffer.from(Array.from({ length: 5000 }, (_, index) => index % 251))
  let path: string

  beforeAll(async () => {
    const file = await keepPublished(app.ctx, {
      corpId: app.corpId,
      name: '手册 "A" (新).pdf',
      bytes,
      mediaType: 'application/pdf',
    })
    path = `/files/${file.id}`
  })

  test('may be kept for ever, and is not sent again to whoever has it', async () => {
    const response = await app.fetch(path)
    expect(response.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
    expect(response.headers.get('content-disposition')).toBe(
      `inline; filename*=UTF-8''${encodeURIComponent('手册 "A" ').concat('%28%E6%96%B0%29.pdf')}`,
    )
    expect(Buffer.from(await response.arrayBuffer()).equals(bytes)).toBe(true)
    const etag = response.headers.get('etag') ?? ''
    expect(etag).toBe(`"${createHash('sha256').update(bytes).digest('hex')}"`)
    expect(
      (await app.fetch(path, { headers: { 'If-None-Match': etag, 'Cache-Control': 'max-age=0' } }))
        .status,
    ).toBe(304)
    expect(await head()).toEqual([200, '5000'])
  })

  /** `fetch` would end the connection after a HEAD, and other tests share it. */
  function head(): Promise<[number | undefined, string | undefined]> {
    return new Promise((resolve, reject) => {
      const call = request(`${app.url}${path}`, { method: 'HEAD', agent: false })
      call.on('response', ({ statusCode, headers }) =>
        resolve([statusCode, headers['content-length']]),
      )
      call.on('error', reject)
      call.end()
    })
  }

  test.each([
    ['bytes=0-0', 206, 'bytes 0-0/5000', 0, 1],
    ['bytes=100-199', 206, 'bytes 100-199/5000', 100, 200],
    ['bytes=4900-', 206, 'bytes 4900-4999/5000', 4900, 5000],
    ['bytes=-10', 206, 'bytes 4990-4999/5000', 4990, 5000],
    ['bytes=4000-999999', 206, 'bytes 4000-4999/5000', 4000, 5000],
    ['bytes=0-1,5-6', 200, null, 0, 5000],
    ['seconds=1-2', 200, null, 0, 5000],
    ['bytes=9-1', 200, null, 0, 5000],
  ])('answers Range: %s with %i', async (range, status, contentRange, from, to) => {
    const response = await app.fetch(path, { headers: { Range: range } })
    expect([response.status, response.headers.get('content-range')]).toEqual([status, contentRange])
    expect(Buffer.from(await response.arrayBuffer()).equals(bytes.subarray(from, to))).toBe(true)
  })

  test('says how long it is when a range lies behind its end', async () => {
    const response = await app.fetch(path, { headers: { Range: 'bytes=5000-' } })
    expect([response.status, response.headers.get('content-range')]).toEqual([416, 'bytes */5000'])
  })

  test('is sent whole when what the client has is of another version', async () => {
    expect(
      (await app.fetch(path, { headers: { Range: 'bytes=0-9', 'If-Range': '"another"' } })).status,
    ).toBe(200)
  })

  test('that does not exist is a 404 with a code', async () => {
    for (const id of [
      'nothing',
      '0193a3c4-0000-7000-8000-000000000001',
      '..%2f..%2fetc%2fpasswd',
    ]) {
      const response = await app.fetch(`/files/${id}`)
      expect([response.status, ((await response.json()) as Problem).code]).toEqual([
        404,
        'file_unknown',
      ])
    }
  })

  test('is kept once when many processes put the same bytes at the same moment', async () => {
    const other = await makeTestApp({ beside: app })
    const stored = await Promise.all(
      Array.from({ length: 12 }, (_, turn) =>
        (turn % 2 ? app : other).ctx.memory.get(fileStore).put(Buffer.from('the same')),
      ),
    )
    await other.stop()
    expect(new Set(stored.map(({ sha256 }) => sha256)).size).toBe(1)
    const chunks = await (
      await app.ctx.memory.get(fileStore).open(stored[0]?.sha256 ?? '')
    )?.toArray()
    expect(Buffer.concat(chunks ?? []).toString()).toBe('the same')
  })
})
