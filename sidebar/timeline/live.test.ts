import { afterEach, describe, expect, it, vi } from 'vitest'
import { mostLines, sharedLines, type Locks } from '../bridge/lines.ts'
import { openSidebar, settled, type Opened } from '../testing/open.ts'
import { aMoment, aWorld, id } from '../testing/world.ts'

const pages: Opened[] = []
let visibility: DocumentVisibilityState = 'visible'

async function open(lines?: ReturnType<typeof sharedLines>): Promise<Opened> {
  const page = await openSidebar(aWorld(), lines && { lines })
  pages.push(page)
  return page
}
async function turn(state: DocumentVisibilityState): Promise<void> {
  visibility = state
  document.dispatchEvent(new Event('visibilitychange'))
  await settled()
}
const openStreams = (page: Opened) => page.streams.filter(({ closed }) => !closed)

vi.spyOn(document, 'visibilityState', 'get').mockImplementation(() => visibility)

afterEach(() => {
  for (const page of pages.splice(0)) page.app.unmount()
  visibility = 'visible'
  vi.useRealTimers()
})

describe('a hidden page', () => {
  it('lets its stream go, and resumes where it was once it is shown, saying nothing', async () => {
    const page = await open()
    const state = () => page.app.get('.stream').text()
    page.streams[0]?.opened()
    page.streams[0]?.send(aMoment(0, { id: id(9999), revision: 7 }), 'position-7')
    await turn('hidden')
    expect(openStreams(page)).toEqual([])
    await turn('visible')
    expect(openStreams(page)).toHaveLength(1)
    expect(page.streams.at(-1)?.address).toContain('from=position-7')
    expect(state()).toBe('实时')
  })

  it('stays without one while the network comes and goes, however often', async () => {
    const page = await open()
    await turn('hidden')
    for (const event of ['offline', 'online', 'online']) window.dispatchEvent(new Event(event))
    await settled()
    expect(openStreams(page)).toEqual([])
    await turn('visible')
    await turn('visible')
    expect(openStreams(page)).toHaveLength(1)
  })

  it('that was refused just before does not come back by its timer', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const page = await open()
    page.streams[0]?.refused()
    await settled()
    await turn('hidden')
    await vi.advanceTimersByTimeAsync(60_000)
    expect(openStreams(page)).toEqual([])
  })
})

/** Web Locks of one browser, as their standard says: first come, first served, by name. */
function browserLocks(): Locks {
  const queues = new Map<string, { granted: boolean; grant: () => void }[]>()
  const queueOf = (name: string) => queues.get(name) ?? queues.set(name, []).get(name) ?? []
  function next(name: string): void {
    const [first] = queueOf(name)
    if (first && !first.granted) first.grant()
  }
  return {
    query: () => {
      const all = [...queues].flatMap(([name, queue]) =>
        queue.map(({ granted }) => ({ name, granted })),
      )
      return Promise.resolve({
        held: all.filter(({ granted }) => granted),
        pending: all.filter(({ granted }) => !granted),
      })
    },
    request: (name, { signal }, hold) =>
      new Promise<void>((resolve, reject) => {
        const leave = () => {
          const queue = queueOf(name)
          queue.splice(queue.indexOf(place), 1)
          next(name)
        }
        const place = {
          granted: false,
          grant() {
            place.granted = true
            void hold().then(() => {
              leave()
              resolve()
            })
          },
        }
        signal?.addEventListener('abort', () => {
          if (place.granted) return
          leave()
          reject(new DOMException('aborted', 'AbortError'))
        })
        queueOf(name).push(place)
        next(name)
      }),
  }
}

describe('the pages of one browser', () => {
  it('hold no more lines together than leave connections free, and each gets its turn', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    const lines = sharedLines(browserLocks())
    const eight: Opened[] = []
    for (let page = 0; page < 8; page++) eight.push(await open(lines))
    const holders = () => eight.filter((page) => openStreams(page).length > 0)
    const served = new Set<Opened>()
    for (let turns = 0; turns < 4; turns++) {
      expect(holders()).toHaveLength(mostLines)
      for (const page of holders()) {
        served.add(page)
        page.streams.at(-1)?.opened()
      }
      await vi.advanceTimersByTimeAsync(2_000)
      await settled()
    }
    expect(served.size).toBe(8)
  })

  it('pass a line on when its page is hidden or closed, and a stream that is not open yet keeps it', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    const lines = sharedLines(browserLocks())
    const four: Opened[] = []
    for (let page = 0; page < 4; page++) four.push(await open(lines))
    const [first, , , last] = four
    expect(last && openStreams(last)).toEqual([])
    await vi.advanceTimersByTimeAsync(6_000)
    expect(last && openStreams(last)).toEqual([])
    first?.app.unmount()
    await settled()
    expect(last && openStreams(last)).toHaveLength(1)
  })

  it('do not wait for one whose stream the server refuses', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const lines = sharedLines(browserLocks())
    const four: Opened[] = []
    for (let page = 0; page < 4; page++) four.push(await open(lines))
    const [first, , third, last] = four
    first?.streams[0]?.refused()
    await settled()
    expect(last && openStreams(last)).toHaveLength(1)
    // The refused one comes back when there is a line again.
    await vi.advanceTimersByTimeAsync(1_000)
    expect(first?.streams).toHaveLength(1)
    third?.app.unmount()
    last?.app.unmount()
    await settled()
    expect(first?.streams).toHaveLength(2)
  })

  it('do not take turns while there are lines for all', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    const lines = sharedLines(browserLocks())
    const two = [await open(lines), await open(lines)]
    for (const { streams } of two) streams[0]?.opened()
    await vi.advanceTimersByTimeAsync(10_000)
    expect(two.map(({ streams }) => streams.length)).toEqual([1, 1])
  })
})
