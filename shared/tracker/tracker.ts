import type { Depth, TrackedEvent } from '../contract/track.ts'
import { makeActiveTime } from './active-time.ts'
import { makeOutbox } from './outbox.ts'
import type { TrackerPorts } from './ports.ts'
import { makeUuid7 } from './uuid.ts'

/**
 * A report is also the sign that the reader is still there, so it comes more often than progress
 * alone would need (`silentAfterMs` in the contract's timeline).
 */
export const reportEveryMs = 2_000

/**
 * A member's look at a material. It resembles a reader's visit, without the acts that only readers
 * do.
 */
export interface Preview {
  readonly id: string
  /** A sign of life without new depth. */
  touch(): void
  /** Reports how far the reader is now. The furthest counts. */
  reach(depth: Depth): void
  show(): void
  /**
   * Reports at once that the reader left: the system may end a hidden page without a word, and the
   * rep must not see a reader who is not there.
   */
  hide(): void
  end(): void
}

/** One opening of one material by one reader. */
export interface Visit extends Preview {
  share(childShareId: string): void
  click(item: string): void
  /** `form` names it, `fields` were filled in. */
  submitForm(form: string, fields: number): void
  /** The visit led to a work order. */
  submitWorkorder(workorderId: string): void
}

export interface Tracker {
  /** `visitId` is an id that came with the share; without one, the tracker makes it. */
  startVisit(shareId: string, visitId?: string): Visit
  startPreview(materialId: string): Preview
  newId(): string
  retryNow(): void
  /**
   * False: drops waiting events and reports nothing more of present visits. A later `true` only
   * counts for new visits.
   */
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

  function startVisit(shareId: string, visitId = newId()): Visit {
    if (!enabled) return silentVisit(visitId)
    const { looking, add } = report('view', { shareId }, visitId)
    return {
      ...looking,
      share: (childShareId) => add({ kind: 'share', childShareId }),
      click: (item) => add({ kind: 'menu.click', item }),
      submitForm: (form, fields) => add({ kind: 'form.submit', form, fields }),
      submitWorkorder: (workorderId) => add({ kind: 'workorder.submit', workorderId }),
    }
  }

  function startPreview(materialId: string): Preview {
    return enabled ? report('preview', { materialId }, newId()).looking : silentVisit(newId())
  }

  /**
   * A look at a material from its start to its end, with the event names of a visit or of a
   * preview.
   */
  function report(
    word: 'view' | 'preview',
    of: { shareId: string } | { materialId: string },
    visitId: string,
  ) {
    const active = makeActiveTime(clock.now)
    let depth: Depth | undefined
    let reported = { seconds: 0, reached: 0 }
    /** True also after it was silenced. */
    let ended = false
    let cancelReport: (() => void) | undefined

    function put(what: { kind: TrackedEvent['kind'] } & Record<string, unknown>): void {
      // A view is of a share and a preview of a material. These two words come only in these pairs.
      outbox.add({
        id: newId(),
        occurredAt: new Date(clock.now()).toISOString(),
        visitId,
        ...of,
        ...what,
      } as TrackedEvent)
    }

    function progress(part: 'progress' | 'end'): void {
      const activeSeconds = active.seconds()
      reported = { seconds: activeSeconds, reached: depth?.reached ?? 0 }
      put({ kind: `${word}.${part}`, activeSeconds, ...(depth ? { depth } : {}) })
    }

    /** Acts beyond looking are sent at once. */
    function add(what: { kind: TrackedEvent['kind'] } & Record<string, unknown>): void {
      if (ended) return
      active.touch()
      put(what)
      outbox.flush({ leaving: false })
    }

    function hasProgressed(): boolean {
      return active.seconds() > reported.seconds || (depth?.reached ?? 0) > reported.reached
    }

    /**
     * Ticks while the page is open. An idle or hidden reader makes no progress, so it causes no
     * traffic.
     */
    function tick(): void {
      cancelReport = clock.later(reportEveryMs, () => {
        if (hasProgressed()) progress('progress')
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
    put({ kind: `${word}.start` })
    outbox.flush({ leaving: false })
    tick()

    const looking: Preview = {
      id: visitId,
      touch: active.touch,
      reach(now) {
        active.touch()
        if (!depth || now.unit !== depth.unit || now.reached > depth.reached) depth = now
      },
      show() {
        if (ended || cancelReport) return
        active.show()
        // The page said that the reader had left.
        progress('progress')
        outbox.retryNow()
        tick()
      },
      hide() {
        if (ended || !cancelReport) return
        active.hide()
        stopTicking()
        progress('end')
        outbox.flush({ leaving: true })
      },
      end() {
        if (ended) return
        const isHidden = !cancelReport
        silence()
        openVisits.delete(silence)
        active.hide()
        // A hidden page has said so already. The report may still be on its way.
        if (!isHidden || hasProgressed()) progress('end')
        outbox.flush({ leaving: true })
      },
    }
    return { looking, add }
  }

  return { startVisit, startPreview, newId, retryNow: outbox.retryNow, setEnabled }
}

function silentVisit(id: string): Visit {
  const nothing = () => undefined
  return {
    id,
    touch: nothing,
    reach: nothing,
    show: nothing,
    hide: nothing,
    end: nothing,
    share: nothing,
    click: nothing,
    submitForm: nothing,
    submitWorkorder: nothing,
  }
}
