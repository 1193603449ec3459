import * as v from 'valibot'
import { ProblemError } from '../../shared/client/failures.ts'
import { Problem } from '../../shared/contract/errors.ts'
import { Moment } from '../../shared/contract/timeline.ts'
import type { EventStream } from '../bridge/app.ts'
import type { Line, Lines } from '../bridge/lines.ts'

export type LiveState = 'connecting' | 'live' | 'offline'

export interface LiveOptions {
  /**
   * Opens the stream from a resume position. While the browser keeps trying, it resumes by
   * `Last-Event-ID` itself.
   */
  open: (from: string) => EventStream
  from: string
  lines: Lines
  onMoment: (moment: Moment) => void
  /** Identities joined or left the person, so the timeline must be read anew. */
  onReload: () => void
  onState: (state: LiveState) => void
  /**
   * The server refused the stream. An expired session looks like other refusals, so check it before
   * the next try.
   */
  onRefused: () => Promise<unknown>
  /** The server ended the stream and said why. It is not opened again. */
  onEnd: (problem: ProblemError) => void
}

/** `readyState` of an `EventSource`. */
const streaming = 1
const closed = 2
const shortestWaitMs = 1_000
const longestWaitMs = 30_000
/** How long a page keeps its line when another one waits: enough for what it has missed. */
const turnMs = 2_000

/**
 * Follows a person's moments until stopped. Never gives up; waits twice as long after each refusal.
 * A hidden page lets its stream go, and resumes exactly where it was when it is shown.
 */
export function followMoments({
  open,
  from,
  lines,
  onMoment,
  onReload,
  onState,
  onRefused,
  onEnd,
}: LiveOptions): () => void {
  let position = from
  let stream: EventStream | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let wait = shortestWaitMs
  let failures = 0
  let stopped = false
  let line: Line | undefined
  let asking: AbortController | undefined
  /** The stream was let go while all was well, so there is nothing to say until it fails. */
  let resumes = false

  async function begin(): Promise<void> {
    if (stopped || line || asking || document.visibilityState === 'hidden') return
    const mine = new AbortController()
    asking = mine
    const taken = await lines.take(mine.signal).catch(() => undefined)
    if (asking !== mine) {
      taken?.release()
      return
    }
    asking = undefined
    line = taken
    if (taken) connect()
  }

  function letGo(): void {
    resumes = failures === 0
    asking?.abort()
    asking = undefined
    clearTimeout(timer)
    stream?.close()
    stream = undefined
    line?.release()
    line = undefined
  }

  /** Several visible pages may want more lines than there are; they take turns. */
  async function giveTurn(): Promise<void> {
    const mine = line
    if (!mine || stream?.readyState !== streaming || !(await mine.isWanted())) return
    if (line !== mine) return
    letGo()
    await begin()
  }

  function connect(): void {
    clearTimeout(timer)
    stream?.close()
    if (stopped || !line) return
    if (!resumes) onState(failures === 0 ? 'connecting' : 'offline')
    resumes = false
    const opened = open(position)
    stream = opened
    opened.onopen = () => {
      wait = shortestWaitMs
      failures = 0
      onState('live')
    }
    opened.addEventListener('moment', ({ data, lastEventId }) => {
      if (lastEventId) position = lastEventId
      // A moment of another shape is an error of ours. It is thrown to the window, and the stream
      // goes on.
      onMoment(v.parse(Moment, JSON.parse(data)))
    })
    opened.addEventListener('reload', ({ lastEventId }) => {
      if (lastEventId) position = lastEventId
      onReload()
    })
    opened.addEventListener('end', ({ data }) => {
      const problem = new ProblemError(v.parse(Problem, JSON.parse(data)))
      opened.close()
      // WeCom or our server may answer again, and a session may begin anew; a denied right stays.
      if (problem.status === 401 || problem.status >= 500) {
        onState('offline')
        void tryLater()
        return
      }
      stopped = true
      onEnd(problem)
    })
    opened.onerror = () => {
      failures++
      onState(failures > 1 || opened.readyState === closed ? 'offline' : 'connecting')
      if (opened.readyState === closed) void tryLater()
    }
  }

  async function tryLater(): Promise<void> {
    // Somebody else can use the line meanwhile.
    line?.release()
    line = undefined
    await onRefused().catch(() => undefined)
    if (stopped || line) return
    timer = setTimeout(() => void begin(), wait)
    wait = Math.min(wait * 2, longestWaitMs)
  }

  const networkBack = () => {
    wait = shortestWaitMs
    if (line) connect()
    else void begin()
  }
  const networkGone = () => {
    failures++
    onState('offline')
  }
  window.addEventListener('online', networkBack)
  const shownOrHidden = () => {
    if (document.visibilityState === 'hidden') letGo()
    else void begin()
  }
  window.addEventListener('offline', networkGone)
  document.addEventListener('visibilitychange', shownOrHidden)
  const turns = setInterval(() => void giveTurn(), turnMs)
  onState('connecting')
  void begin()

  return () => {
    stopped = true
    clearInterval(turns)
    letGo()
    document.removeEventListener('visibilitychange', shownOrHidden)
    window.removeEventListener('online', networkBack)
    window.removeEventListener('offline', networkGone)
  }
}
