import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import sharp from 'sharp'
import { fail } from '../http/problem.ts'

export const mostPages = 200

/** Pixels across: sharp on a phone of three pixels per point, and one page stays near 60 KB. */
const pageWidth = 1080

/** pdf.js brings the canvas that its drawing fits (@napi-rs/canvas); another version's paths are not accepted by it. */
interface CanvasFactory {
  create(width: number, height: number): { canvas: { width: number; height: number; data(): Buffer }; context: object }
  destroy(made: object): void
}

/**
 * The pages of a PDF as pictures, so that a mini program, which cannot show PDF, reads page by page. One page is drawn at a time.
 * @throws Problem `file_type_refused` when it is no PDF, is locked or damaged, or has more than 200 pages
 */
export async function* drawPages(bytes: Uint8Array): AsyncGenerator<Buffer> {
  // Only a publisher needs these 3 MB of code.
  const { getDocument } = await import('pdfjs-dist/legacy/build/pdf.mjs')
  const data = join(dirname(createRequire(import.meta.url).resolve('pdfjs-dist/package.json')), '/')
  const loading = getDocument({
    data: new Uint8Array(bytes), // a copy: pdf.js takes its buffer away
    cMapUrl: join(data, 'cmaps/'),
    standardFontDataUrl: join(data, 'standard_fonts/'),
    wasmUrl: join(data, 'wasm/'),
    isEvalSupported: false,
    verbosity: 0,
  })
  try {
    const pdf = await loading.promise.catch((cause: unknown) =>
      fail('file_type_refused', 'The file is no PDF that can be opened', { cause }),
    )
    if (pdf.numPages > mostPages) fail('file_type_refused', `A document may have at most ${mostPages} pages; this one has ${pdf.numPages}`)
    const canvases = pdf.canvasFactory as CanvasFactory
    for (let number = 1; number <= pdf.numPages; number += 1) {
      const page = await pdf.getPage(number)
      const viewport = page.getViewport({ scale: pageWidth / page.getViewport({ scale: 1 }).width })
      const made = canvases.create(Math.round(viewport.width), Math.min(Math.round(viewport.height), 8 * pageWidth))
      const { canvas, context } = made
      await page.render({ canvas, canvasContext: context, viewport, background: '#fff' }).promise
      yield await sharp(canvas.data(), { raw: { width: canvas.width, height: canvas.height, channels: 4 } })
        .flatten({ background: '#fff' })
        .webp({ quality: 80 })
        .toBuffer()
      canvases.destroy(made)
      page.cleanup()
    }
  } finally {
    await loading.destroy()
  }
}
