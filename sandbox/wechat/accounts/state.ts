declare module '../../state/world.ts' {
  interface Slices {
    accounts: AccountsState
  }
}

/**
 * What is kept about the accounts themselves, whatever their kind. Plain data only: it is copied by
 * snapshots.
 */
export interface AccountsState {
  /** Calls of this day and this minute, by appid and path. */
  usage: Map<string, Usage>
  /** Other limits than the published ones, set by a happening, by appid and path. */
  limits: Map<string, Limit>
  /** How often the quotas of an appid were cleared, by appid and month. */
  clears: Map<string, number>
  /** The IP allow-list of an appid; none = every address. */
  allowedIps: Map<string, string[]>
  refreshTokens: Map<string, RefreshToken>
  /** Customers to whom pages open as snapshots: their identity is a made-up one. */
  snapshotUsers: Set<string>
}

export interface Usage {
  day: number
  today: number
  minuteStart: number
  thisMinute: number
}

export interface Limit {
  daily?: number
  perMinute?: number
}

/** Of the web sign-in: thirty days. */
interface RefreshToken {
  appid: string
  openid: string
  scope: string
  expiresAt: number
}

export function createAccounts(): AccountsState {
  return {
    usage: new Map(),
    limits: new Map(),
    clears: new Map(),
    allowedIps: new Map(),
    refreshTokens: new Map(),
    snapshotUsers: new Set(),
  }
}
