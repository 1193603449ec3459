import * as v from 'valibot'
import { ProblemError } from '../../shared/client/failures.ts'
import { Problem } from '../../shared/contract/errors.ts'
import { Moment } from '../../shared/contract/timeline.ts'
import type { EventStream } from '../bridge/app.ts'

export type LiveState = 'connecting' | 'live' | 'offline'

export interface LiveOptions {
  /**
   * Opens the stream from a resume position. While the browser keeps trying, it resumes by
   * `Last-Event-ID` itself.
   */
  open: (from: string) => EventStream
  from: string
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

const closed = 2
const shortestWaitMs = 1_000
const longestWaitMs = 30_000

/**
 * Follows a person's moments until stopped. Never gives up; waits twice as long after each refusal.
 */
export function followMoments({
  open,
  from,
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

  function connect(): void {
    clearTimeout(timer)
    stream?.close()
    if (stopped) return
    onState(failures === 0 ? 'connecting' : 'offline')
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
    await onRefused().catch(() => undefined)
    if (stopped) return
    timer = setTimeout(connect, wait)
    wait = Math.min(wait * 2, longestWaitMs)
  }

  const networkBack = () => {
    wait = shortestWaitMs
    connect()
  }
  const networkGone = () => {
    failures++
    onState('offline')
  }
  window.addEventListener('online', networkBack)
  window.addEventListener('offline', networkGone)
  connect()

  return () => {
    stopped = true
    clearTimeout(timer)
    stream?.close()
    window.removeEventListener('online', networkBack)
    window.removeEventListener('offline', networkGone)
  }
}
