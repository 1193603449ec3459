import { crc32 } from 'node:zlib'
import sharp from 'sharp'
import { beforeAll, describe, expect, test } from 'vitest'
import { makeTurns } from '../base/db/turns.ts'
import { cleanImage, type CleanImage, type ImageShape } from './image.ts'

/** What phones send, made here by hand; each name says what is odd about it. */
const samples: Record<string, Buffer> = {}
let scene: Buffer
let jpeg: Buffer
let progressive: Buffer
let png: Buffer
let interlaced: Buffer
let webp: Buffer

beforeAll(async () => {
  // Noise above, a green field below: a decoder that gives up leaves the field grey.
  const field = sharp({ create: { width: 640, height: 160, channels: 3, background: '#20a040' } })
  scene = await noise(640, 480)
    .composite([{ input: await field.png().toBuffer(), left: 0, top: 320 }])
    .png()
    .toBuffer()
  jpeg = await sharp(scene).jpeg({ quality: 85 }).toBuffer()
  progressive = await sharp(scene).jpeg({ progressive: true }).toBuffer()
  png = await sharp(scene).png().toBuffer()
  interlaced = await sharp(scene).png({ progressive: true }).toBuffer()
  webp = await sharp(scene).webp().toBuffer()
  Object.assign(samples, {
    // Cameras of a common maker write this: sharp issue 1578.
    'a scan header with zeros': zeroedScanHeader(jpeg),
    'bytes between two segments': inserted(jpeg, scanOf(jpeg), Buffer.alloc(5)),
    'an unknown colour transform': withSegment(jpeg, 0xee, 'Adobe\0\x64\0\0\0\0\x07'),
    'a broken EXIF block': withSegment(jpeg, 0xe1, 'Exif\0\0II*\0\xff\xff\xff\xff1234'),
    'a broken colour profile': withSegment(jpeg, 0xe2, 'ICC_PROFILE\0\x02\x05not a profile'),
    'a second picture behind it, as an MPF file has': Buffer.concat([
      withSegment(jpeg, 0xe2, 'MPF\0MM\0*\0\0\0\x08\0\0'),
      await noise(160, 120).jpeg().toBuffer(),
    ]),
    'zeros behind it': Buffer.concat([jpeg, Buffer.alloc(3000)]),
    'a film behind it, as live photos have': Buffer.concat([jpeg, Buffer.from('ftypmp42 moov')]),
    'no end marker': jpeg.subarray(0, jpeg.length - 2),
    'progressive scans': progressive,
    'the colours of a printer': await sharp(scene).toColourspace('cmyk').jpeg().toBuffer(),
    'one channel': await sharp(scene).greyscale().jpeg().toBuffer(),
    'interlaced rows': interlaced,
    'sixteen bits a channel': await sharp(scene).toColourspace('rgb16').png().toBuffer(),
    'a wrong checksum in a text chunk': inserted(png, 33, chunk('tEXt', 'a\0bc', 1)),
    'an animation': inserted(png, 33, chunk('acTL', '\0\0\0\x01\0\0\0\0')),
    'words behind the end': Buffer.concat([png, Buffer.from('made with love')]),
    'an unknown WebP chunk': withChunk(webp, 'JUNK\x04\0\0\0abcd'),
    'WebP without loss': await sharp(scene).webp({ lossless: true }).toBuffer(),
  })
})

describe('a picture that a phone wrote oddly is taken', () => {
  test.each([
    'a scan header with zeros',
    'bytes between two segments',
    'an unknown colour transform',
    'a broken EXIF block',
    'a broken colour profile',
    'a second picture behind it, as an MPF file has',
    'zeros behind it',
    'a film behind it, as live photos have',
    'no end marker',
    'progressive scans',
    'the colours of a printer',
    'one channel',
    'interlaced rows',
    'sixteen bits a channel',
    'a wrong checksum in a text chunk',
    'an animation',
    'words behind the end',
    'an unknown WebP chunk',
    'WebP without loss',
  ])('%s', async (name) => {
    const image = await clean(samples[name])
    expect([image.width, image.height]).toEqual([640, 480])
    const { format, space, depth } = await sharp(image.data, { failOn: 'warning' }).metadata()
    expect(['jpeg', 'png', 'webp']).toContain(format)
    expect(space).toMatch(/srgb|b-w/)
    expect(depth).toBe('uchar')
    expect(await distance(image.data, scene)).toBeLessThan(20)
  })

  test('also as a cover', async () => {
    const image = await clean(samples['a scan header with zeros'], 'cover')
    expect([image.mediaType, image.width, image.height]).toEqual(['image/jpeg', 800, 640])
  })
})

describe('half a picture is refused', () => {
  const cuts = [0.1, 0.25, 0.5, 0.75, 0.9, 0.99]

  test.each(cuts)('cut at %f of its bytes', async (part) => {
    for (const whole of [jpeg, progressive, png, interlaced, webp])
      expect(await refusal(cut(whole, part))).toBe('file_type_refused')
  })

  test.each(cuts)(
    'cut at %f, when the rest arrived as zeros or an end was put there',
    async (part) => {
      for (const whole of [jpeg, progressive]) {
        const head = cut(whole, part)
        const zeros = Buffer.alloc(whole.length - head.length)
        expect(await refusal(Buffer.concat([head, zeros]))).toBe('file_type_refused')
        expect(await refusal(Buffer.concat([head, Buffer.from([0xff, 0xd9])]))).toBe(
          'file_type_refused',
        )
      }
    },
  )

  test('also when its scan header is odd', async () => {
    expect(await refusal(cut(zeroedScanHeader(jpeg), 0.5))).toBe('file_type_refused')
  })

  test('and so is a picture whose data fail their checksum', async () => {
    const damaged = Buffer.from(png)
    const data = damaged.indexOf('IDAT') - 4
    const end = data + 8 + damaged.readUInt32BE(data)
    damaged.writeUInt32BE((damaged.readUInt32BE(end) ^ 1) >>> 0, end)
    expect(await refusal(damaged)).toBe('file_type_refused')
  })
})

describe('nothing readable is shrunk away', () => {
  test.each([
    ['a screenshot of a long chat', [1080, 12_000], [1080, 12_000]],
    ['the same, across', [12_000, 1080], [12_000, 1080]],
    ['a page that was scanned at 200 dpi', [1654, 2339], [1654, 2339]],
    ['a photo of 12 megapixels', [4000, 3000], [2560, 1920]],
    ['the longest picture that is taken', [1080, 46_000], [685, 29_187]],
    ['exactly as much as is stored', [1000, 20_000], [1000, 20_000]],
    ['one row more', [1000, 20_001], [1000, 20_000]],
    ['a line', [1, 30_000], [1, 30_000]],
  ] as const)('%s: %j is stored as %j', async (_, [width, height], [w, h]) => {
    const image = await clean(await plain(width, height).jpeg().toBuffer())
    expect([image.width, image.height]).toEqual([w, h])
  })

  test('a long picture lying on its side stands up and keeps its width', async () => {
    const lying = await plain(12_000, 1080).jpeg().withMetadata({ orientation: 6 }).toBuffer()
    expect(await clean(lying)).toMatchObject({ width: 1080, height: 12_000 })
  })

  test('a PNG that would load slowly becomes WebP, or JPEG where WebP is too short', async () => {
    const heavy = await noise(1080, 1200).png().toBuffer()
    expect(heavy.length).toBeGreaterThan(2 * 1024 * 1024)
    const light = await clean(heavy)
    expect(light).toMatchObject({ mediaType: 'image/webp', width: 1080, height: 1200 })
    expect(light.data.length).toBeLessThan(heavy.length / 3)
    const long = await noise(60, 17_000).png().toBuffer()
    expect(await clean(long)).toMatchObject({ mediaType: 'image/jpeg', height: 17_000 })
    const small = await clean(await noise(60, 60).png().toBuffer())
    expect(small.mediaType).toBe('image/png')
  })
})

async function clean(bytes: Buffer | undefined, shape?: ImageShape): Promise<CleanImage> {
  const image = await cleanImage(makeTurns(1), bytes ?? Buffer.alloc(0), shape)
  if (typeof image === 'string') throw new Error(image)
  return image
}

async function refusal(bytes: Buffer): Promise<string> {
  const image = await cleanImage(makeTurns(1), bytes)
  return typeof image === 'string' ? image : `taken: ${image.width} × ${image.height}`
}

function noise(width = 640, height = 480) {
  const noise = { type: 'gaussian', mean: 110, sigma: 50 } as const
  return sharp({ create: { width, height, channels: 3, background: 'red', noise } })
}

function plain(width: number, height: number) {
  return sharp({ create: { width, height, channels: 3, background: '#cc4422' } })
}

/** Returns the largest difference of brightness between two pictures, seen from afar. */
async function distance(one: Buffer, other: Buffer): Promise<number> {
  const [a, b] = await Promise.all([one, other].map(fromAfar))
  return Math.max(...[...(a ?? [])].map((value, at) => Math.abs(value - (b?.[at] ?? 999))))
}

async function fromAfar(bytes: Buffer): Promise<Buffer> {
  const small = sharp(bytes).resize(16, 12, { fit: 'fill' }).flatten().greyscale()
  return small.raw().toBuffer()
}

function cut(bytes: Buffer, part: number): Buffer {
  return bytes.subarray(0, Math.floor(bytes.length * part))
}

function inserted(bytes: Buffer, at: number, more: Buffer): Buffer {
  return Buffer.concat([bytes.subarray(0, at), more, bytes.subarray(at)])
}

/** Returns where the scan header of a JPEG begins. */
function scanOf(bytes: Buffer): number {
  let at = 2
  while (bytes[at + 1] !== 0xda) at += 2 + bytes.readUInt16BE(at + 2)
  return at
}

/** A sequential scan names its band as 0–63; this one says 0–0. */
function zeroedScanHeader(bytes: Buffer): Buffer {
  const odd = Buffer.from(bytes)
  const at = scanOf(odd)
  odd.fill(0, at + 2 + odd.readUInt16BE(at + 2) - 3, at + 2 + odd.readUInt16BE(at + 2))
  return odd
}

function withSegment(bytes: Buffer, marker: number, content: string): Buffer {
  const segment = Buffer.alloc(4)
  segment.writeUInt16BE(0xff00 | marker)
  segment.writeUInt16BE(content.length + 2, 2)
  return inserted(bytes, 2, Buffer.concat([segment, Buffer.from(content, 'latin1')]))
}

function chunk(type: string, content: string, wrong = 0): Buffer {
  const named = Buffer.from(type + content, 'latin1')
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(content.length)
  sum.writeUInt32BE((crc32(named) ^ wrong) >>> 0)
  return Buffer.concat([length, named, sum])
}

function withChunk(bytes: Buffer, content: string): Buffer {
  const odd = Buffer.concat([bytes, Buffer.from(content, 'latin1')])
  odd.writeUInt32LE(odd.length - 8, 4)
  return odd
}
