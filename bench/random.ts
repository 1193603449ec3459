import { makeUuid7 } from '../shared/tracker/uuid.ts'

/** Numbers that look random and are the same for the same seed. */
export interface Dice {
  /** Returns a number from 0 up to, but not including, 1. */
  unit(): number
  /** Returns a whole number from 0 up to, but not including, `below`. */
  below(below: number): number
  pick<T>(from: readonly T[]): T
  chance(share: number): boolean
}

/**
 * mulberry32, with 32 bits of state. It is good enough to draw people, and fast enough to draw five
 * million visits.
 */
export function makeDice(seed: number): Dice {
  let state = seed >>> 0
  function unit(): number {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  const below = (most: number) => Math.floor(unit() * most)
  return {
    unit,
    below,
    pick<T>(from: readonly T[]): T {
      const chosen = from[below(from.length)]
      if (chosen === undefined) throw new Error('there is nothing to pick from')
      return chosen
    },
    chance: (share) => unit() < share,
  }
}

/**
 * Draws ranks from 0 to `count - 1`. The first is drawn twice as often as the second, three times
 * as often as the third (Zipf, s = 1).
 */
export function makeZipf(count: number, dice: Dice): () => number {
  const sums = new Float64Array(count)
  let sum = 0
  for (let rank = 0; rank < count; rank++) sums[rank] = sum += 1 / (rank + 1)
  return () => {
    const wanted = dice.unit() * sum
    let [low, high] = [0, count - 1]
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((sums[middle] ?? 0) < wanted) low = middle + 1
      else high = middle
    }
    return low
  }
}

/** Makes ids for a given time, for a history. */
export function makeIds(dice: Dice): (at: number) => string {
  let now = 0
  const next = makeUuid7(() => now, dice.unit)
  return (at) => {
    now = at
    return next()
  }
}
