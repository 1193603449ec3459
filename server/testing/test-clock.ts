import type { Clock } from '../base/clock.ts'

/** The real time with an offset: a test jumps two hours ahead instead of waiting for them. */
export interface TestClock extends Clock {
  advance(milliseconds: number): void
}

export function makeTestClock(): TestClock {
  let offset = 0
  return {
    now: () => new Date(Date.now() + offset),
    advance(milliseconds) {
      offset += milliseconds
    },
  }
}
