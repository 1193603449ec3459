/** A line that this page holds for its live stream. */
export interface Line {
  /** Whether another page waits for this line. */
  isWanted(): Promise<boolean>
  release(): void
}

/**
 * The live lines of one browser. Over HTTP/1.1 a browser opens six connections to a host, for all
 * of its pages, and a live stream keeps one for itself. The pages share a few lines instead, and
 * take turns when more of them are visible.
 */
export interface Lines {
  /** Resolves when a line is free. Rejects when `signal` is aborted before. */
  take(signal: AbortSignal): Promise<Line>
}

/** Half of what a browser opens, so that calls and pictures always find a connection. */
export const mostLines = 3

/** The part of the Web Locks API that we use. */
export type Locks = Pick<LockManager, 'query'> & {
  request(name: string, options: LockOptions, hold: () => Promise<void>): Promise<void>
}

/** Without Web Locks (an old webview, a page over plain HTTP) every page has a line of its own. */
export const ownLines: Lines = {
  take: () => Promise.resolve({ isWanted: () => Promise.resolve(false), release: () => undefined }),
}

/** Lines by Web Locks. The browser frees them when a page ends, however it ends. */
export function sharedLines(locks: Locks): Lines {
  const names = Array.from({ length: mostLines }, (_, line) => `chatside-live-${line}`)

  /** How many pages hold each line or wait for it. */
  async function pagesAt(): Promise<Map<string, number>> {
    const { held = [], pending = [] } = await locks.query()
    const pages = new Map(names.map((name) => [name, 0]))
    for (const { name = '' } of [...held, ...pending]) {
      const before = pages.get(name)
      if (before !== undefined) pages.set(name, before + 1)
    }
    return pages
  }

  return {
    async take(signal) {
      const [quietest = ['chatside-live-0']] = [...(await pagesAt())].sort(
        ([, one], [, other]) => one - other,
      )
      const [name] = quietest
      return new Promise((resolve, reject) => {
        locks
          .request(
            name,
            { signal },
            () =>
              new Promise<void>((release) => {
                resolve({
                  isWanted: async () => ((await pagesAt()).get(name) ?? 0) > 1,
                  release,
                })
              }),
          )
          .catch(reject)
      })
    },
  }
}

/** Returns the lines of this page. Over HTTP/2 and 3 all streams share one connection anyway. */
export function linesOfPage(): Lines {
  // TypeScript takes it for granted. Pages over plain HTTP and old webviews have none.
  const locks: LockManager | undefined = navigator.locks
  const [loaded] = performance.getEntriesByType('navigation')
  const protocol = loaded && 'nextHopProtocol' in loaded ? String(loaded.nextHopProtocol) : ''
  return locks && !/^h[23]/.test(protocol) ? sharedLines(locks) : ownLines
}
