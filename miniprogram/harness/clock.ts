/** Time that moves only when a test moves it. The mini program's timers run on it. */
export class VirtualClock {
  now: number
  private nextId = 1
  private timers = new Map<number, { at: number; run: () => void; every: number | null }>()

  constructor(now: number) {
    this.now = now
  }

  set(run: () => void, ms = 0, every = false): number {
    const id = this.nextId
    this.nextId += 1
    const wait = Math.max(0, ms)
    this.timers.set(id, { at: this.now + wait, run, every: every ? Math.max(1, wait) : null })
    return id
  }

  clear(id: number | undefined): void {
    if (id !== undefined) this.timers.delete(id)
  }

  /** Returns when the next timer is due, or null. */
  nextAt(): number | null {
    let least: number | null = null
    for (const { at } of this.timers.values()) if (least === null || at < least) least = at
    return least
  }

  /** Runs the timer that is due first, if it is due by `until`. */
  runNext(until: number): boolean {
    const due = [...this.timers]
      .filter(([, timer]) => timer.at <= until)
      .sort(([, one], [, other]) => one.at - other.at)[0]
    if (!due) return false
    const [id, timer] = due
    this.now = Math.max(this.now, timer.at)
    if (timer.every === null) this.timers.delete(id)
    else timer.at = this.now + timer.every
    timer.run()
    return true
  }
}
