import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Listener } from '../../base/db/listen.ts'
import { longestWaitMs, openLive } from './live.ts'
import { momentsChannel } from './tell.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

/** Returns a listener that has heard nothing yet. */
function makeListener() {
  const hearers = new Map<string, (payload: string) => void>()
  const listener: Listener = {
    subscribe: (channel, hear) => {
      hearers.set(channel, hear)
      return Promise.resolve(() => hearers.delete(channel))
    },
    onReconnect: () => () => {},
    close: () => Promise.resolve(),
  }
  return {
    listener,
    say: (payload: object) => hearers.get(momentsChannel)?.(JSON.stringify(payload)),
  }
}

async function watching() {
  const { listener, say } = makeListener()
  const watch = await openLive(listener, { onEnd: () => () => undefined }).watch({
    personId: 'someone',
    member: 'ww1/zhou',
  })
  watch.over(['reader'])
  const looked: boolean[] = []
  const closing = new AbortController()
  void watch.next(closing.signal).then((news) => looked.push(news))
  return { say, looked, closing }
}

describe('a stream that waits for news', () => {
  test('looks when it is told of one of its own', async () => {
    const { say, looked } = await watching()
    say({ of: ['somebody else'] })
    await vi.advanceTimersByTimeAsync(0)
    expect(looked).toEqual([])
    say({ of: ['reader'] })
    await vi.advanceTimersByTimeAsync(0)
    expect(looked).toEqual([true])
  })

  test('looks for itself when nobody tells it anything, because a process may end between a commit and its notice', async () => {
    const { looked } = await watching()
    await vi.advanceTimersByTimeAsync(longestWaitMs - 1)
    expect(looked).toEqual([])
    await vi.advanceTimersByTimeAsync(1)
    expect(looked).toEqual([true])
  })

  test('ends without a look when it is closed', async () => {
    const { looked, closing } = await watching()
    closing.abort()
    await vi.advanceTimersByTimeAsync(0)
    expect(looked).toEqual([false])
  })
})
