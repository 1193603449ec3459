import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { fail } from '../base/problem.ts'

export const mostPages = 200

/**
 * The width of a page in pixels: sharp on a phone with three pixels per point, while a page stays
 * near 60 KB.
 */
const pageWidth = 1080

/** The messages to and from the thread. It answers with one message per page, each on request. */
export interface DrawingOrder {
  bytes: Uint8Array
  mostPages: number
  pageWidth: number
}
export type DrawingStep =
  { page: Uint8Array } | { refused: string; cause?: string } | { done: true }

export interface CanvasFactory {
  create(
    width: number,
    height: number,
  ): { canvas: { width: number; height: number; data(): Buffer }; context: object }
  destroy(made: object): void
}

/**
 * Yields the pages of a PDF as pictures, one at a time. A mini program cannot show PDF; it shows
 * these page by page.
 *
 * The drawing runs in a thread of its own, because it takes 150–500 ms a page. And pdf.js for Node
 * 20 replaces built-ins (JSON.stringify, iterators, promises) by slower ones, which would cost
 * every request of the process a quarter of its time.
 * @throws Problem `file_type_refused` when it is no PDF, is locked or damaged, or has more than 200
 * pages
 */
export async function* drawPages(bytes: Uint8Array): AsyncGenerator<Buffer> {
  const workerData: DrawingOrder = { bytes, mostPages, pageWidth }
  const worker = new Worker(new URL('./document-worker.mjs', import.meta.url), {
    workerData,
    execArgv: [],
  })
  try {
    for (;;) {
      // An error in the thread rejects this.
      const [step] = (await once(worker, 'message')) as [DrawingStep]
      if ('done' in step) return
      if ('refused' in step) fail('file_type_refused', step.refused, { cause: step.cause })
      yield Buffer.from(step.page)
      worker.postMessage('next')
    }
  } finally {
    await worker.terminate()
  }
}
