import type { DeskEvent } from '../../api.ts'

export type StreamStatus = 'opening' | 'live' | 'lost'

/** The part of the browser's EventSource that is used, so that a test can play it. */
export interface Source {
  onopen: ((event: Event) => unknown) | null
  onmessage: ((event: MessageEvent<string>) => unknown) | null
  onerror: ((event: Event) => unknown) | null
  close(): void
}

export interface StreamParts {
  connect: () => Source
  onEvent: (event: DeskEvent) => void
  onStatus: (status: StreamStatus, failures: number) => void
  later: (run: () => void, ms: number) => () => void
}

const longestPause = 5000

/**
 * Keeps one connection to the state stream while the desk is seen. A browser opens six connections
 * to one host, so a hidden desk lets its own go, and begins anew when it is shown.
 *
 * The browser's own reconnecting gives up for good on a 502 or a refused connection, which is just
 * what a restarting sandbox answers. So every error closes the source and opens a new one, 0.5 s
 * later at first, every 5 s at last. The sandbox begins every stream with the whole state, so
 * nothing is missed.
 */
export function followStream({ connect, onEvent, onStatus, later }: StreamParts): {
  retry(): void
  stop(): void
} {
  let source: Source | null = null
  let cancel: (() => void) | null = null
  let failures = 0
  let stopped = false

  function letGo() {
    cancel?.()
    cancel = null
    source?.close()
    source = null
  }

  function open() {
    letGo()
    if (stopped || isHidden()) return
    const mine = connect()
    source = mine
    mine.onopen = () => {
      if (source !== mine) return
      failures = 0
      onStatus('live', 0)
    }
    mine.onmessage = (event) => {
      if (source === mine) onEvent(JSON.parse(event.data) as DeskEvent)
    }
    mine.onerror = () => {
      if (source !== mine || stopped) return
      mine.close()
      source = null
      failures += 1
      onStatus('lost', failures)
      cancel = later(open, Math.min(longestPause, 500 * 2 ** (failures - 1)))
    }
  }

  const follow = () => {
    if (isHidden()) letGo()
    else if (!source) open()
  }
  document.addEventListener('visibilitychange', follow)

  onStatus('opening', 0)
  open()
  return {
    retry: open,
    stop() {
      stopped = true
      document.removeEventListener('visibilitychange', follow)
      letGo()
    },
  }
}

function isHidden(): boolean {
  return document.visibilityState === 'hidden'
}
