declare module '../state/world.ts' {
  interface Slices {
    platform: PlatformState
  }
}

/**
 * How the platforms themselves fare: quotas in use, and what a developer has made worse. Plain data
 * only: it is copied by snapshots.
 */
export interface PlatformState {
  /** The base frequency of each platform; `null`: none is published. */
  limits: Record<Service, BaseLimits>
  /** The next `times` calls, and every other one with the chance `rate`, are answered with -1. */
  busy: { times: number; rate: number }
  /** What is counted, by counter and window. */
  windows: Map<string, CountedWindow>
}

type Service = 'wecom' | 'wechat'

export interface BaseLimits {
  perMinute: number | null
  perHour: number | null
}

export interface CountedWindow {
  /** Milliseconds at which it began. */
  start: number
  used: number
  /** Milliseconds until which every call is refused: the penalty of a window that overflowed. */
  blockedUntil: number
}

/**
 * WW-90312: 10,000 calls a minute and 150,000 an hour for each corp and API. WeChat publishes daily
 * quotas for each of its methods instead.
 */
export function createPlatform(): PlatformState {
  return {
    limits: {
      wecom: { perMinute: 10_000, perHour: 150_000 },
      wechat: { perMinute: null, perHour: null },
    },
    busy: { times: 0, rate: 0 },
    windows: new Map(),
  }
}
