import { inject, type InjectionKey, onUnmounted, provide } from 'vue'
import type { Depth } from '../../shared/contract/track.ts'

/** The messages between a material's view and its page. */
export interface Reading {
  reach(depth: Depth): void
  touch(): void
  click(item: string): void
}

interface Channel extends Reading {
  /** Scrolling must not pass through reactive state, because each change would be a setData. */
  onScroll(listener: () => void): () => void
}

const key: InjectionKey<Channel> = Symbol('reading')

/** For the page: returns the function to call on each page scroll. */
export function provideReading(reading: Reading): () => void {
  const listeners = new Set<() => void>()
  provide(key, {
    ...reading,
    onScroll(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  })
  return () => listeners.forEach((listener) => listener())
}

/** For a view. Outside of a page (a preview) nobody listens. */
export function useReading(): Reading {
  return inject(key, {
    reach: () => undefined,
    touch: () => undefined,
    click: () => undefined,
    onScroll: () => () => undefined,
  })
}

/**
 * Looks when scrolling has stopped for a moment, at most three times a second, and once after the
 * content had time to lay out.
 */
export function useScrollWatch(look: () => void): void {
  const channel = inject(key, null)
  let timer: ReturnType<typeof setTimeout> | undefined = setTimeout(run, 1000)

  function run(): void {
    timer = undefined
    look()
  }

  const off = channel?.onScroll(() => {
    timer ??= setTimeout(run, 300)
  })
  onUnmounted(() => {
    clearTimeout(timer)
    off?.()
  })
}
