export const idleAfterMs = 30_000

export interface ActiveTime {
  show(): void
  hide(): void
  /** A sign of life: a scroll, a tap, a playing video. */
  touch(): void
  /** Seconds, to the tenth, in which the page was visible and the reader not idle. */
  seconds(): number
}

/**
 * Measures active time. It starts visible and touched. A reader is idle 30 s after the last sign of
 * life; these 30 s count, because reading a screen takes time.
 */
export function makeActiveTime(now: () => number): ActiveTime {
  let visible = true
  let countedUntil = now()
  let awakeUntil = countedUntil + idleAfterMs
  let totalMs = 0

  function settle(): number {
    const at = now()
    // A clock that was set back adds nothing. One that jumped ahead adds at most the rest of the
    // waking time.
    if (visible) totalMs += Math.max(0, Math.min(at, awakeUntil) - countedUntil)
    countedUntil = at
    return at
  }

  return {
    show() {
      if (visible) return
      awakeUntil = settle() + idleAfterMs
      visible = true
    },
    hide() {
      settle()
      visible = false
    },
    touch() {
      awakeUntil = settle() + idleAfterMs
    },
    seconds() {
      settle()
      return Math.round(totalMs / 100) / 10
    },
  }
}
