import { afterEach, expect, test } from 'vitest'
import { followStream, type Source, type StreamStatus } from './stream.ts'

let visibility: DocumentVisibilityState = 'visible'
Object.defineProperty(document, 'visibilityState', { get: () => visibility })
function turn(to: DocumentVisibilityState) {
  visibility = to
  document.dispatchEvent(new Event('visibilitychange'))
}
afterEach(() => turn('visible'))

function setUp() {
  const sources: (Source & { closed: boolean })[] = []
  const pauses: number[] = []
  const statuses: StreamStatus[] = []
  const events: unknown[] = []
  let pending: (() => void) | null = null
  const stream = followStream({
    connect() {
      const source = {
        onopen: null,
        onmessage: null,
        onerror: null,
        closed: false,
        close() {
          this.closed = true
        },
      }
      sources.push(source)
      return source
    },
    onEvent: (event) => events.push(event),
    onStatus: (status) => statuses.push(status),
    later(run, ms) {
      pauses.push(ms)
      pending = run
      return () => (pending = null)
    },
  })
  return {
    stream,
    sources,
    pauses,
    statuses,
    events,
    pass: () => pending?.(),
    isWaiting: () => pending !== null,
    last: () => sources.at(-1),
  }
}

test('a lost connection is opened again, with longer pauses up to five seconds', () => {
  const it = setUp()
  for (let round = 0; round < 6; round += 1) {
    it.last()?.onerror?.(new Event('error'))
    it.pass()
  }
  expect(it.pauses).toEqual([500, 1000, 2000, 4000, 5000, 5000])
  expect(it.sources).toHaveLength(7)
  expect(it.sources.slice(0, 6).every((source) => source.closed)).toBe(true)
})

test('a connection that was made starts the pauses from the beginning', () => {
  const it = setUp()
  it.last()?.onerror?.(new Event('error'))
  it.pass()
  it.last()?.onerror?.(new Event('error'))
  it.pass()
  it.last()?.onopen?.(new Event('open'))
  it.last()?.onerror?.(new Event('error'))
  expect(it.pauses).toEqual([500, 1000, 500])
  expect(it.statuses).toEqual(['opening', 'lost', 'lost', 'live', 'lost'])
})

test('an impatient person does not wait for the pause, and only one connection remains', () => {
  const it = setUp()
  it.last()?.onerror?.(new Event('error'))
  it.stream.retry()
  expect(it.isWaiting()).toBe(false)
  expect(it.sources.filter((source) => !source.closed)).toHaveLength(1)
})

test('a connection that was given up says nothing any more', () => {
  const it = setUp()
  const old = it.last()
  it.stream.retry()
  old?.onmessage?.(new MessageEvent('message', { data: '{"type":"state"}' }))
  old?.onerror?.(new Event('error'))
  expect(it.events).toEqual([])
  expect(it.isWaiting()).toBe(false)
})

test('after the end nothing is opened again', () => {
  const it = setUp()
  it.stream.stop()
  it.last()?.onerror?.(new Event('error'))
  expect(it.isWaiting()).toBe(false)
})

test('a hidden desk holds no connection and makes none, and follows on when it is shown', () => {
  const it = setUp()
  const open = () => it.sources.filter((source) => !source.closed)
  it.last()?.onopen?.(new Event('open'))
  turn('hidden')
  expect(open()).toHaveLength(0)
  // What a closed source still says is not heard, and nothing is tried in the background.
  it.sources[0]?.onerror?.(new Event('error'))
  it.stream.retry()
  expect([it.isWaiting(), it.sources.length]).toEqual([false, 1])
  turn('visible')
  expect(open()).toEqual([it.sources[1]])
  it.last()?.onmessage?.(new MessageEvent('message', { data: '{"type":"state"}' }))
  expect(it.events).toEqual([{ type: 'state' }])
  // Shown again without having been hidden: it is still the same one.
  turn('visible')
  expect(it.sources).toHaveLength(2)
  // Nothing was lost, so nothing was said.
  expect(it.statuses).toEqual(['opening', 'live'])
  it.stream.stop()
})

test('a desk that is hidden while it waits for the sandbox tries again at once when it is shown', () => {
  const it = setUp()
  it.last()?.onerror?.(new Event('error'))
  turn('hidden')
  expect(it.isWaiting()).toBe(false)
  turn('visible')
  expect(it.sources).toHaveLength(2)
  it.stream.stop()
})

test('a desk that opens in the background begins when it is first shown', () => {
  visibility = 'hidden'
  const it = setUp()
  expect(it.sources).toHaveLength(0)
  turn('visible')
  expect(it.sources).toHaveLength(1)
  it.stream.stop()
  turn('hidden')
  turn('visible')
  expect(it.sources).toHaveLength(1)
})
