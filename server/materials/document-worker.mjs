// Plain JavaScript, because a thread starts without the loader that reads TypeScript.
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { once } from 'node:events'
import { parentPort, workerData } from 'node:worker_threads'
import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs'
import sharp from 'sharp'

/**
 * @param {import('./document.ts').DrawingOrder} order
 * @returns {AsyncGenerator<import('./document.ts').DrawingStep>}
 */
async function* drawPages({ bytes, mostPages, pageWidth }) {
  const data = join(dirname(createRequire(import.meta.url).resolve('pdfjs-dist/package.json')), '/')
  const loading = getDocument({
    // A copy, because pdf.js takes its buffer away.
    data: new Uint8Array(bytes),
    cMapUrl: join(data, 'cmaps/'),
    standardFontDataUrl: join(data, 'standard_fonts/'),
    wasmUrl: join(data, 'wasm/'),
    isEvalSupported: false,
    verbosity: 0,
  })
  try {
    const pdf = await loading.promise.catch((cause) => String(cause))
    if (typeof pdf === 'string')
      return yield { refused: 'The file is no PDF that can be opened', cause: pdf }
    if (pdf.numPages > mostPages)
      return yield {
        refused: `A document may have at most ${mostPages} pages; this one has ${pdf.numPages}`,
      }
    // pdf.js brings the canvas that fits its drawing (@napi-rs/canvas). A canvas refuses paths of
    // another version.
    const canvases = /** @type {import('./document.ts').CanvasFactory} */ (pdf.canvasFactory)
    for (let number = 1; number <= pdf.numPages; number += 1) {
      const page = await pdf.getPage(number)
      const viewport = page.getViewport({ scale: pageWidth / page.getViewport({ scale: 1 }).width })
      const made = canvases.create(
        Math.round(viewport.width),
        Math.min(Math.round(viewport.height), 8 * pageWidth),
      )
      const { canvas, context } = made
      await page.render({ canvas, canvasContext: context, viewport, background: '#fff' }).promise
      yield {
        page: await sharp(canvas.data(), {
          raw: { width: canvas.width, height: canvas.height, channels: 4 },
        })
          .flatten({ background: '#fff' })
          .webp({ quality: 80 })
          .toBuffer(),
      }
      canvases.destroy(made)
      page.cleanup()
    }
    yield { done: true }
  } finally {
    await loading.destroy()
  }
}

if (!parentPort) throw new Error('document-worker.mjs runs as a thread of document.ts')
for await (const step of drawPages(workerData)) {
  parentPort.postMessage(step)
  if (!('page' in step)) break
  await once(parentPort, 'message')
}
