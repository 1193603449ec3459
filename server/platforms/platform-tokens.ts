/** A platform's access token or ticket. */
export interface PlatformToken {
  value: string
  expiresAt: Date
}

export interface FreshToken {
  value: string
  /** How long the platform accepts it, in seconds. */
  seconds: number
}

/** What `get` needs to fetch a token. */
export interface TokenSource {
  /** Corp or app + agent + kind, e.g. `wecom/ww…/1000002/agent_ticket`. */
  key: string
  /** How many calls per clock hour the platform allows; undefined = no hourly limit. */
  mostPerHour?: number
  fetch: () => Promise<FreshToken>
}

/**
 * Tokens that all processes share. Only one process asks the platform, however many callers wait in
 * all processes.
 */
export interface TokenStore {
  /**
   * Returns a good token.
   * @throws PlatformError when the platform gives none, and `platform_quota` before a published
   * limit is passed
   */
  get(source: TokenSource): Promise<PlatformToken>
  /**
   * Fetches a new token, because a client refused what was made of this one. It asks the platform
   * at most once in two minutes; until then the old token stays.
   */
  renew(source: TokenSource): Promise<PlatformToken>
  /**
   * Drops a value that the platform refused (40014, 42001), so that nobody uses it again. A newer
   * value stays.
   */
  drop(key: string, value: string): Promise<void>
}
