/** A platform's access token or ticket. */
export interface PlatformToken {
  value: string
  expiresAt: Date
}

export interface FreshToken {
  value: string
  /** For how many seconds the platform will take it. */
  seconds: number
}

/** What `get` needs to know of a token it does not have. */
export interface TokenSource {
  /** Corp or app + agent + kind, e.g. `wecom/ww…/1000002/agent_ticket`. */
  key: string
  /**
   * Upstream calls per clock hour that the platform allows; undefined = not limited by the hour.
   */
  mostPerHour?: number
  fetch: () => Promise<FreshToken>
}

/**
 * Tokens that all processes share. One process asks the platform, however many callers wait in
 * however many processes.
 */
export interface TokenStore {
  /**
   * @throws PlatformError when the platform gives none, `platform_quota` before a published limit
   * is passed.
   */
  get(source: TokenSource): Promise<PlatformToken>
  /**
   * A client says that what was made of this token is refused: the platform is asked anew, at most
   * once in two minutes; until then the old one stays.
   */
  renew(source: TokenSource): Promise<PlatformToken>
  /** The platform refused this value (40014, 42001): nobody uses it again. A newer value stays. */
  drop(key: string, value: string): Promise<void>
}
