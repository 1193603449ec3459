import type { Depth } from '../contract/track.ts'
import { makeActiveTime } from './active-time.ts'
import { makeOutbox } from './outbox.ts'
import type { TrackerPorts } from './ports.ts'
import { makeUuid7 } from './uuid.ts'

export const reportEveryMs = 5_000

/** One opening of one material by one reader. */
export interface Visit {
  readonly id: string
  /** A sign of life without new depth. */
  touch(): void
  /** How far the reader is now; the furthest counts. */
  reach(depth: Depth): void
  show(): void
  /** Reports at once: the system may end a hidden page without another word. */
  hide(): void
  end(): void
  share(childShareId: string): void
  click(item: string): void
}

export interface Tracker {
  startVisit(shareId: string): Visit
  newId(): string
  retryNow(): void
  /** False: what waits is dropped, and nothing is reported of visits under way, not even after another `true`; that begins with the next visit. */
  setEnabled(enabled: boolean): void
}

export function makeTracker(ports: TrackerPorts): Tracker {
  const { clock, random } = ports
  const newId = makeUuid7(clock.now, random)
  const outbox = makeOutbox(ports, () => {
    setEnabled(false)
    ports.onSilenced?.()
  })
  let enabled = true
  const openVisits = new Set<() => void>()

  function setEnabled(wanted: boolean): void {
    enabled = wanted
    if (wanted) return
    outbox.drop()
    openVisits.forEach((silence) => silence())
    openVisits.clear()
  }

  function startVisit(shareId: string): Visit {
    return enabled ? reportedVisit(shareId) : silentVisit(newId())
  }

  function reportedVisit(shareId: string): Visit {
    const visitId = newId()
    const active = makeActiveTime(clock.now)
    let depth: Depth | undefined
    let reported = { seconds: 0, reached: 0 }
    /** Also when it was silenced. */
    let ended = false
    let cancelReport: (() => void) | undefined

    function base() {
      return { id: newId(), occurredAt: new Date(clock.now()).toISOString(), visitId, shareId }
    }

    function progress(kind: 'view.progress' | 'view.end'): void {
      const activeSeconds = active.seconds()
      reported = { seconds: activeSeconds, reached: depth?.reached ?? 0 }
      outbox.add({ ...base(), kind, activeSeconds, ...(depth ? { depth } : {}) })
    }

    function hasProgressed(): boolean {
      return active.seconds() > reported.seconds || (depth?.reached ?? 0) > reported.reached
    }

    /** Ticks while the page is open; an idle or hidden reader makes no progress and so no traffic. */
    function tick(): void {
      cancelReport = clock.later(reportEveryMs, () => {
        if (hasProgressed()) progress('view.progress')
        outbox.flush({ leaving: false })
        tick()
      })
    }

    function stopTicking(): void {
      cancelReport?.()
      cancelReport = undefined
    }

    function silence(): void {
      ended = true
      stopTicking()
    }

    openVisits.add(silence)
    outbox.add({ ...base(), kind: 'view.start' })
    outbox.flush({ leaving: false })
    tick()

    return {
      id: visitId,
      touch: active.touch,
      reach(now) {
        active.touch()
        if (!depth || now.unit !== depth.unit || now.reached > depth.reached) depth = now
      },
      show() {
        if (ended || cancelReport) return
        active.show()
        outbox.retryNow()
        tick()
      },
      hide() {
        if (ended || !cancelReport) return
        active.hide()
        stopTicking()
        if (hasProgressed()) progress('view.progress')
        outbox.flush({ leaving: true })
      },
      end() {
        if (ended) return
        silence()
        openVisits.delete(silence)
        active.hide()
        progress('view.end')
        outbox.flush({ leaving: true })
      },
      share(childShareId) {
        if (ended) return
        active.touch()
        outbox.add({ ...base(), kind: 'share', childShareId })
        outbox.flush({ leaving: false })
      },
      click(item) {
        if (ended) return
        active.touch()
        outbox.add({ ...base(), kind: 'menu.click', item })
        outbox.flush({ leaving: false })
      },
    }
  }

  return { startVisit, newId, retryNow: outbox.retryNow, setEnabled }
}

function silentVisit(id: string): Visit {
  const nothing = () => undefined
  return { id, touch: nothing, reach: nothing, show: nothing, hide: nothing, end: nothing, share: nothing, click: nothing }
}
