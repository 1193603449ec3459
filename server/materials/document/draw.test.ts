import { deflateSync } from 'node:zlib'
import sharp from 'sharp'
import { afterAll, describe, expect, test, vi } from 'vitest'
import type { Problem } from '../../base/problem.ts'
import { type DrawingLimits, drawingLimits, drawPages } from './draw.ts'
import { type Page, pdf, stream } from './testing.ts'

// The drawing process has a low priority, so on a busy machine others come first.
vi.setConfig({ testTimeout: 90_000 })
afterAll(() => vi.resetConfig())

/** A font that the document names and does not contain. */
function absentFont(
  ordering: string,
  encoding: string,
  { first = 3, toUnicode = '' } = {},
): string[] {
  const system = `/CIDSystemInfo << /Registry (Adobe) /Ordering (${ordering}) /Supplement 0 >>`
  return [
    `<< /Type /Font /Subtype /Type0 /BaseFont /Absent /Encoding /${encoding} /DescendantFonts [${first + 1} 0 R] ${toUnicode} >>`,
    `<< /Type /Font /Subtype /CIDFontType2 /BaseFont /Absent ${system} /DW 1000 /FontDescriptor ${first + 2} 0 R >>`,
    '<< /Type /FontDescriptor /FontName /Absent /Flags 4 /FontBBox [0 -200 1000 900] /ItalicAngle 0 /Ascent 880 /Descent -120 /CapHeight 700 /StemV 80 >>',
  ]
}
const withFont = '<< /Font << /F1 3 0 R >> >>'
const letter = (hex: string) => `BT /F1 180 Tf 10 100 Td <${hex}> Tj ET`
const small: Page = { content: '0 0 50 50 re f' }

async function draw(bytes: Buffer, limits: Partial<DrawingLimits> = {}): Promise<Buffer[]> {
  const pages: Buffer[] = []
  for await (const page of drawPages(bytes, { ...drawingLimits, ...limits })) pages.push(page)
  return pages
}

async function refusal(bytes: Buffer, limits: Partial<DrawingLimits> = {}): Promise<string[]> {
  const cause = await draw(bytes, limits).then(
    (pages) => new Error(`${pages.length} pages were drawn`),
    (thrown: Problem) => thrown,
  )
  if (!('code' in cause)) throw cause
  expect(cause.code).toBe('document_refused')
  return [cause.extras.errors?.[0]?.field ?? 'whole', cause.message]
}

/** Returns how many strokes a line meets on its way over the picture. */
async function strokes(page: Buffer | undefined, way: 'across' | 'down'): Promise<number> {
  const { data, info } = await sharp(page).greyscale().raw().toBuffer({ resolveWithObject: true })
  const dark = (x: number, y: number) => (data[y * info.width + x] ?? 255) < 128
  const inked = { left: info.width, right: 0, top: info.height, bottom: 0 }
  for (let y = 0; y < info.height; y += 1)
    for (let x = 0; x < info.width; x += 1)
      if (dark(x, y)) {
        inked.left = Math.min(inked.left, x)
        inked.right = Math.max(inked.right, x)
        inked.top = Math.min(inked.top, y)
        inked.bottom = Math.max(inked.bottom, y)
      }
  const middle =
    way === 'across'
      ? Math.round((inked.top + inked.bottom) / 2)
      : Math.round((inked.left + inked.right) / 2)
  let count = 0
  const length = way === 'across' ? info.width : info.height
  const at = (step: number) => (way === 'across' ? dark(step, middle) : dark(middle, step))
  for (let step = 1; step < length; step += 1) if (at(step) && !at(step - 1)) count += 1
  return count
}

describe('text whose font is not embedded', () => {
  // 三 has three strokes one below the other, 川 has three side by side. A box has two each way.
  const collections = [
    ['GB1', 'UniGB-UCS2-H', '4e09', '5ddd'],
    ['GB1', 'UniGB-UTF16-H', '4e09', '5ddd'],
    ['GB1', 'GBK-EUC-H', 'c8fd', 'b4a8'],
    ['CNS1', 'UniCNS-UCS2-H', '4e09', '5ddd'],
    ['CNS1', 'ETen-B5-H', 'a454', 'a474'],
    ['Japan1', 'UniJIS-UCS2-H', '4e09', '5ddd'],
    ['Japan1', '90ms-RKSJ-H', '8e4f', '90ec'],
    ['Korea1', 'UniKS-UCS2-H', '4e09', '5ddd'],
  ] as const

  test('of every Asian collection is drawn on a machine without fonts', async () => {
    const fonts = collections.map(([ordering, encoding], at) =>
      absentFont(ordering, encoding, { first: 3 + at * 3 }),
    )
    const pages = collections.flatMap(([, , three, river], at) =>
      [three, river].map((hex) => ({
        content: letter(hex),
        resources: `<< /Font << /F1 ${3 + at * 3} 0 R >> >>`,
      })),
    )
    const drawn = await draw(pdf(pages, fonts.flat()), { systemFonts: false })
    const counted = await Promise.all(
      collections.map(async ([ordering, encoding], at) => [
        ordering,
        encoding,
        await strokes(drawn[at * 2], 'down'),
        await strokes(drawn[at * 2 + 1], 'across'),
      ]),
    )
    expect(counted).toEqual(collections.map(([ordering, encoding]) => [ordering, encoding, 3, 3]))
  })

  test('is drawn by its table of characters, when it has one', async () => {
    const map = stream(
      '/CIDInit /ProcSet findresource begin 1 begincmap 1 begincodespacerange <0000> <ffff> endcodespacerange 2 beginbfchar <0007> <4e09> <0008> <5ddd> endbfchar endcmap end',
    )
    const pages = ['0007', '0008'].map((hex) => ({ content: letter(hex), resources: withFont }))
    const objects = [
      ...absentFont('Identity', 'Identity-H', { toUnicode: '/ToUnicode 6 0 R' }),
      map,
    ]
    const [three, river] = await draw(pdf(pages, objects), { systemFonts: false })
    expect([await strokes(three, 'down'), await strokes(river, 'across')]).toEqual([3, 3])
  })

  test('is refused with its page when nothing says which characters it has', async () => {
    const pages = [small, { content: letter('0007'), resources: withFont }]
    const [field, message] = await refusal(pdf(pages, absentFont('Identity', 'Identity-H')))
    expect([field, message]).toEqual(['pages.2', expect.stringMatching(/^Page 2: .*embed it/)])
  })

  test('is refused with page and character when no font has it', async () => {
    const pages = [small, small, { content: letter('ac00'), resources: withFont }]
    const [field, message] = await refusal(pdf(pages, absentFont('Korea1', 'UniKS-UCS2-H')), {
      systemFonts: false,
    })
    expect([field, message]).toEqual(['pages.3', expect.stringContaining('(가)')])
  })
})

describe('a page', () => {
  test('keeps its end, however tall it is', async () => {
    const bottom = '0 0 595 300 re f'
    const [page] = await draw(pdf([{ size: [595, 14_400], content: bottom }]))
    const { width, height } = await sharp(page).metadata()
    expect([width, height]).toEqual([813, 19_678])
    const area = { left: 0, top: height - 200, width: width - 1, height: 200 }
    const end = await sharp(page).extract(area).greyscale().png().toBuffer()
    expect((await sharp(end).stats()).channels[0]?.max).toBeLessThan(40)
  })

  test('of a large sheet gets more pixels, because its text is no larger', async () => {
    const sizes = [
      [595, 842],
      [842, 595],
      [2384, 3370],
    ] as const
    const pages = await draw(pdf(sizes.map((size) => ({ ...small, size }))))
    const drawn = await Promise.all(
      pages.map(async (page) => {
        const { width, height } = await sharp(page).metadata()
        return [width, height]
      }),
    )
    expect(drawn).toEqual([
      [1080, 1528],
      [1528, 1080],
      [3364, 4756],
    ])
  })

  test('whose text could not be read is refused by its number', async () => {
    const [field] = await refusal(pdf([small, { ...small, size: [1000, 100_000] }]))
    expect(field).toBe('pages.2')
  })

  test('of which a part cannot be drawn is refused, never emptied', async () => {
    const broken = stream('no picture', '/Subtype /Image /Width 9 /Height 9 /Filter /JPXDecode')
    const resources = '<< /XObject << /X1 3 0 R >> >>'
    const [field, message] = await refusal(pdf([small, { content: '/X1 Do', resources }], [broken]))
    expect([field, message]).toEqual(['pages.2', expect.stringContaining('cannot be drawn')])
  })
})

describe('a hostile document', () => {
  /** Each form draws the next one ten times: the tenth would be drawn a milliard times. */
  const laughs = Array.from({ length: 10 }, (_, at) =>
    stream(
      at === 9 ? '0 0 1 1 re f' : '/X Do '.repeat(10),
      `/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X ${4 + at} 0 R >> >>`,
    ),
  )
  const laughing = { content: '/X Do', resources: '<< /XObject << /X 3 0 R >> >>' }
  const rgb = '/Subtype /Image /ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /FlateDecode'

  test('that never ends is ended, and its page named', async () => {
    const [field, message] = await refusal(pdf([small, laughing], laughs), { pageMs: 6000 })
    expect([field, message]).toEqual(['pages.2', expect.stringMatching(/longer than 6 s|memory/)])
  })

  test('may not take the time of many slow pages either', async () => {
    const pages = Array.from({ length: 200 }, () => small)
    const [, message] = await refusal(pdf(pages), { documentMs: 400 })
    expect(message).toContain('longer than 0.4 s')
  })

  test('that fills the memory is ended', async () => {
    const side = 7000
    const picture = deflateSync(Buffer.alloc(side * side * 3, 7))
    const pictures = Array.from({ length: 12 }, (_, at) =>
      stream(picture, `${rgb} /Width ${side} /Height ${side - at}`),
    )
    const names = pictures.map((_, at) => `/I${at} ${3 + at} 0 R`).join(' ')
    const content = pictures.map((_, at) => `q 200 0 0 200 0 0 cm /I${at} Do Q`).join('\n')
    const page = { content, resources: `<< /XObject << ${names} >> >>` }
    const [, message] = await refusal(pdf([page], pictures), { bytes: 500e6 })
    expect(message).toContain('too much memory')
  })

  test('with a picture of 400 megapixels is refused before that is unpacked', async () => {
    const picture = stream(
      deflateSync(Buffer.alloc(50_000_000)),
      '/Subtype /Image /ColorSpace /DeviceGray /BitsPerComponent 1 /Filter /FlateDecode /Width 20000 /Height 20000',
    )
    const page = { content: '/X Do', resources: '<< /XObject << /X 3 0 R >> >>' }
    expect(await refusal(pdf([small, page], [picture]))).toEqual([
      'pages.2',
      expect.stringContaining('maximum allowed size'),
    ])
  })

  test.each([
    ['201 pages', pdf(Array.from({ length: 201 }, () => small)), 'at most 200 pages'],
    ['brackets without end', pdf([{ content: '['.repeat(300_000) }]), 'cannot be drawn'],
    ['half of itself', pdf([small]).subarray(0, 90), 'no PDF'],
    ['a page that is missing', pdf([small]).toString('latin1').replace('/Kids [3', '/Kids [9'), ''],
  ])('with %s is refused', async (_, bytes, reason) => {
    const [, message] = await refusal(Buffer.from(bytes))
    expect(message).toContain(reason)
  })

  test('leaves no process behind, nor does a reader who stops early', async () => {
    for await (const page of drawPages(pdf([small, small]))) {
      expect(page.length).toBeGreaterThan(0)
      break
    }
    await refusal(Buffer.from('nothing'))
    const running = () => process.getActiveResourcesInfo().filter((one) => one === 'ProcessWrap')
    await vi.waitFor(() => expect(running()).toEqual([]), 10_000)
  })
})
