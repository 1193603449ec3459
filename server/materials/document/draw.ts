import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { makeTurns, type Turns } from '../../base/db/turns.ts'
import { kept } from '../../base/kept.ts'
import { fail } from '../../base/problem.ts'

/** What the drawing of one document may take. */
export interface DrawingLimits {
  pages: number
  /** For one page, and for all of them. Opening the file may take as long as two pages. */
  pageMs: number
  documentMs: number
  /** The resident memory of the drawing process. */
  bytes: number
  /** Whether fonts of this machine may draw what the carried font lacks. */
  systemFonts: boolean
}

export const drawingLimits: DrawingLimits = {
  pages: 200,
  pageMs: 30_000,
  documentMs: 5 * 60_000,
  bytes: 1024 ** 3,
  systemFonts: true,
}

/** What this process sends to the drawing process, once. After each page it sends `'next'`. */
export interface DrawingOrder {
  bytes: Uint8Array
  pages: number
  memory: number
}

/** What the drawing process answers: that it opened the file, then each page, on request. */
export type DrawingStep = { opened: true } | { page: Uint8Array } | Refused | { done: true }

interface Refused {
  refused: Reason
  /** What exactly: characters, a number of pages, the message of pdf.js. */
  what?: string
  page?: number
}

export type Reason = keyof typeof reasons

const reasons = {
  not_a_pdf: () => 'The file is no PDF that can be opened without a password',
  too_many_pages: (what: string) => `A document may have at most ${what}`,
  page_too_large: () => 'The page is so large that its text could not be read',
  text_unknown: () => 'The page uses a font that is not embedded and not described: embed it',
  font_missing: (what: string) =>
    `The page has characters that no font here can draw (${what}): embed the fonts`,
  content_lost: (what: string) => `A part of the page cannot be drawn (${what})`,
  too_slow: (what: string) => `Drawing takes longer than ${what} s`,
  too_much_memory: () => 'Drawing takes too much memory',
  crashed: () => 'Drawing failed',
} satisfies Record<string, (what: string) => string>

const wholeDocument = new Set<Reason>(['not_a_pdf', 'too_many_pages'])

/** How many documents are drawn at once. Each may take `drawingLimits.bytes`. */
const mostAtOnce = 2

/** Whose turn it is to draw a document. */
export const drawingTurns = kept<Turns>('turns to draw a document')

export function openDrawingTurns(): Turns {
  return makeTurns(mostAtOnce)
}

/**
 * Yields the pages of a PDF as pictures, one at a time. A mini program cannot show PDF; it shows
 * these page by page.
 *
 * The drawing runs in a process of its own. A hostile file may take any time or memory, which a
 * thread cannot be kept from; the process is watched and ended. It knows no secret of this one.
 * @throws Problem `document_refused` with the reason, and the page in `errors`
 */
export async function* drawPages(
  bytes: Uint8Array,
  limits: DrawingLimits = drawingLimits,
): AsyncGenerator<Buffer> {
  const child = fork(fileURLToPath(new URL('./process.mjs', import.meta.url)), {
    serialization: 'advanced',
    execArgv: [],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    // No secret of the server, and nothing else of its environment.
    env: limits.systemFonts ? {} : { DISABLE_SYSTEM_FONTS_LOAD: '1' },
  })
  const order: DrawingOrder = { bytes, pages: limits.pages, memory: limits.bytes }
  // Of this machine's own work, whatever time the clock of the context shows.
  const end = performance.now() + limits.documentMs
  try {
    // It may have ended meanwhile; then `nextStep` says so.
    child.send(order, () => undefined)
    for (let page = 0; ; page += 1) {
      const left = end - performance.now()
      const most = page === 0 ? 2 * limits.pageMs : limits.pageMs
      const step = await nextStep(child, Math.min(most, left))
      const where = page === 0 ? {} : { page }
      if (step === 'late') {
        const late = left < most ? limits.documentMs : most
        refuse({ refused: 'too_slow', what: String(late / 1000), ...where })
      }
      if ('done' in step) return
      if ('refused' in step) refuse({ ...where, ...step })
      if ('page' in step) yield Buffer.from(step.page)
      child.send('next', () => undefined)
    }
  } finally {
    child.kill('SIGKILL')
    if (child.pid !== undefined && isRunning(child)) await once(child, 'exit')
  }
}

function isRunning({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode === null && signalCode === null
}

async function nextStep(child: ChildProcess, ms: number): Promise<DrawingStep | 'late'> {
  if (!isRunning(child)) return { refused: 'crashed' }
  const settled = new AbortController()
  const { signal } = settled
  const late = AbortSignal.timeout(Math.max(1, Math.ceil(ms)))
  try {
    return await Promise.race([
      once(child, 'message', { signal }).then(([step]) => step as DrawingStep),
      once(child, 'exit', { signal }).then((): DrawingStep => ({ refused: 'crashed' })),
      once(late, 'abort', { signal }).then(() => 'late' as const),
    ])
  } finally {
    settled.abort()
  }
}

function refuse({ refused, what = '', page }: Refused): never {
  const message = reasons[refused](what)
  if (page === undefined || wholeDocument.has(refused)) fail('document_refused', message)
  fail('document_refused', `Page ${page}: ${message}`, {
    errors: [{ field: `pages.${page}`, message }],
  })
}
