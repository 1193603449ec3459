/** `note`: what stands below, in small letters. */
export type AuthorizeAnswer =
  { redirect: string } | { error: string; note?: string } | { consent: Consent }

export interface Consent {
  /** Who is asked, and with which picture. */
  name: string
  avatarUrl: string
  /** Who asks for what. */
  says: string
}

/** What the authorize page was opened with, and what the person has answered. */
export interface Ask {
  query: Record<string, string>
  webviewId: string
  /** `undefined`: not asked yet. */
  allow: boolean | undefined
}
