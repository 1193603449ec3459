/** Does work as soon as it is its turn. */
export type Turns = <T>(work: () => Promise<T>) => Promise<T>

/** Lets `most` run at once; the others wait in the order in which they came. */
export function makeTurns(most: number): Turns {
  const waiting: (() => void)[] = []
  let free = most

  return async (work) => {
    if (free > 0) free -= 1
    else await new Promise<void>((resolve) => waiting.push(resolve))
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next) next()
      else free += 1
    }
  }
}
