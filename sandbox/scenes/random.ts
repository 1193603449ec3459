/** The same numbers for the same seed: a scene looks alike in every sandbox. */
export interface Dice {
  /** From 0 to below `sides`. */
  roll: (sides: number) => number
  /** True in so many of a hundred. */
  chance: (percent: number) => boolean
  pick: <T>(from: readonly T[]) => T
  /** As the platforms' ids have them: base64url. */
  letters: (length: number) => string
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** Mulberry32. */
export function diceOf(seed: number): Dice {
  let state = seed
  const next = () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const roll = (sides: number) => Math.floor(next() * sides)
  return {
    roll,
    chance: (percent) => roll(100) < percent,
    pick(from) {
      const picked = from[roll(from.length)]
      if (picked === undefined) throw new Error('nothing to pick from')
      return picked
    },
    letters(length) {
      let text = ''
      while (text.length < length) {
        // One throw of 2³⁰ sides is five letters.
        let five = roll(2 ** 30)
        for (let letter = 0; letter < 5; letter += 1) {
          text += alphabet.charAt(five & 63)
          five >>>= 6
        }
      }
      return text.slice(0, length)
    },
  }
}
