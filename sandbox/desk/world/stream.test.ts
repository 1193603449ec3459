import { expect, test } from 'vitest'
import { followStream, type Source, type StreamStatus } from './stream.ts'

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
