// Plain JavaScript, because a thread starts without the loader that reads TypeScript.
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { once } from 'node:events'
import { parentPort, workerData } from 'node:worker_threads'
import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs'
import sharp from 'sharp'
import { firstFamily, TextCanvasFactory } from './fonts.mjs'

/**
 * A page is drawn with a short side of 1080 pixels, sharp on a phone with three pixels per point.
 * A large sheet gets more, because its text is no larger: at least 1.5 pixels per point.
 */
const shortSide = 1080
const perPoint = 1.5
/** A phone holds four bytes for each. */
const mostPixels = 16_000_000
/** Of a canvas. */
const longestSide = 32_000
/** What WebP can hold; a longer page becomes JPEG. */
const longestWebp = 16_383
/** A larger picture inside a document is refused; pdf.js would leave it out. */
const mostImagePixels = 50_000_000

/** pdf.js says in warnings what it leaves out of a page. */
const loss =
  /and was removed|Error during font loading|Unable to decode image|ignoring (?:errors|XObject|pattern|shading|sub-stream|annotation data|character|the rest of)|glyph: "|Type3 character .* not available|Dependent image/i

/**
 * @param {import('./draw.ts').DrawingOrder} order
 * @returns {AsyncGenerator<import('./draw.ts').DrawingStep>}
 */
async function* drawPages({ bytes, pages }) {
  const data = join(dirname(createRequire(import.meta.url).resolve('pdfjs-dist/package.json')), '/')
  /** @type {string[]} */
  const lost = []
  Object.assign(console, {
    /** @param {unknown} message */
    warn(message) {
      const text = String(message)
      if (loss.test(text)) lost.push(text.replace(/^Warning: /, ''))
    },
  })
  const loading = getDocument({
    // A copy, because pdf.js takes its buffer away.
    data: new Uint8Array(bytes),
    cMapUrl: join(data, 'cmaps/'),
    standardFontDataUrl: join(data, 'standard_fonts/'),
    wasmUrl: join(data, 'wasm/'),
    isEvalSupported: false,
    maxImageSize: mostImagePixels,
    CanvasFactory: TextCanvasFactory,
    fontExtraProperties: true,
    verbosity: 1,
  })
  try {
    const pdf = await loading.promise.catch((cause) => String(cause))
    if (typeof pdf === 'string') return yield { refused: 'not_a_pdf', what: pdf }
    if (pdf.numPages > pages)
      return yield {
        refused: 'too_many_pages',
        what: `${pages} pages; this one has ${pdf.numPages}`,
      }
    yield { opened: true }
    const canvases = /** @type {TextCanvasFactory} */ (pdf.canvasFactory)
    for (let number = 1; number <= pdf.numPages; number += 1) {
      lost.length = 0
      canvases.forget()
      const page = await pdf.getPage(number)
      canvases.isKnown = (family) =>
        ![...page.commonObjs].some(([, font]) => isNumbersOnly(font) && familyOf(font) === family)
      const scale = scaleOf(page.getViewport({ scale: 1 }))
      if (scale === null) return yield { refused: 'page_too_large', page: number }
      const viewport = page.getViewport({ scale })
      const size = [viewport.width, viewport.height].map((side) => Math.max(1, Math.round(side)))
      const [width = 1, height = 1] = size
      const made = canvases.create(width, height)
      const { canvas, context } = made
      await page.render({ canvas, canvasContext: context, viewport, background: '#fff' }).promise
      if (canvases.unknown) return yield { refused: 'text_unknown', page: number }
      if (canvases.missing.size > 0) {
        const what = [...canvases.missing].slice(0, 5).join(' ')
        return yield { refused: 'font_missing', what, page: number }
      }
      if (lost[0] !== undefined)
        return yield { refused: 'content_lost', what: lost[0].slice(0, 200), page: number }
      const raw = { width, height, channels: /** @type {const} */ (4) }
      const picture = sharp(canvas.data(), { raw }).flatten({ background: '#fff' })
      const encoded = Math.max(width, height) > longestWebp ? picture.jpeg() : picture.webp()
      yield { page: await encoded.toBuffer() }
      canvases.destroy(made)
      page.cleanup()
    }
    yield { done: true }
  } catch (cause) {
    yield { refused: 'content_lost', what: String(cause).slice(0, 200) }
  } finally {
    await loading.destroy()
  }
}

/**
 * Returns how many pixels a point gets, or null when its text would be too small to read.
 * @param {{ width: number, height: number }} page in points
 */
function scaleOf({ width, height }) {
  const [short, long] = [Math.min(width, height), Math.max(width, height)]
  const scale = Math.min(
    Math.max(shortSide / short, perPoint),
    Math.sqrt(mostPixels / (short * long)),
    longestSide / long,
  )
  return scale < 1 && short * scale < shortSide ? null : scale
}

/**
 * Tells whether a font is neither embedded nor described by a character collection or a ToUnicode
 * table. Its text is numbers only, which pdf.js would draw as the letters of these numbers.
 * @param {PdfFont} font
 */
function isNumbersOnly({ missingFile, composite, toUnicode }) {
  // pdf.js's IdentityToUnicodeMap.
  return Boolean(missingFile && composite && toUnicode && 'firstChar' in toUnicode)
}

/**
 * Returns the family under which pdf.js asks for a font.
 * @param {PdfFont} font
 */
function familyOf({ systemFontInfo, loadedName }) {
  return systemFontInfo ? firstFamily(systemFontInfo.css) : loadedName
}

/**
 * What we read of a font of pdf.js; other objects have none of it.
 * @typedef {{ missingFile?: boolean, composite?: boolean, toUnicode?: object, loadedName?: string,
 *   systemFontInfo?: { css: string } | null }} PdfFont
 */

if (!parentPort) throw new Error('worker.mjs runs as a thread of process.mjs')
for await (const step of drawPages(workerData)) {
  parentPort.postMessage(step)
  if ('refused' in step || 'done' in step) break
  await once(parentPort, 'message')
}
