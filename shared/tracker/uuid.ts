/**
 * Returns a maker of UUIDv7 (RFC 9562 §5.7): 48 bits of milliseconds, then random bits, so that ids
 * sort by their time. Two ids of one millisecond keep their order: the first 12 random bits count
 * up from a random start below half of their room (§6.2, method 1).
 */
export function makeUuid7(now: () => number, random: () => number): () => string {
  let lastMs = -1
  let counter = 0

  return () => {
    const ms = Math.floor(now())
    // A clock set back must not make later ids sort before earlier ones.
    if (ms > lastMs) {
      lastMs = ms
      counter = Math.floor(random() * 0x800)
    } else if (counter < 0xfff) {
      counter += 1
    } else {
      lastMs += 1
      counter = Math.floor(random() * 0x800)
    }
    const time = hex(lastMs, 12)
    const variant = 0x8000 + Math.floor(random() * 0x4000)
    const tail = hex(Math.floor(random() * 0x1000000), 6) + hex(Math.floor(random() * 0x1000000), 6)
    return `${time.slice(0, 8)}-${time.slice(8)}-7${hex(counter, 3)}-${hex(variant, 4)}-${tail}`
  }
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0')
}
