import type { Scene } from '../../scenes/scene.ts'

/** 会话内容存档 of the corp (WW-91614): who is recorded, and who agreed to it. */
export interface ArchiveState {
  service: 'open' | 'closed' | 'expired'
  /** Addresses that may ask; `null`: every one. */
  allowedIps: string[] | null
  /** Recorded members by edition: 1 office, 2 service, 3 enterprise. */
  permits: Record<string, Edition>
  consents: Consent[]
  robots: { id: string; name: string; creatorId: string }[]
  /**
   * Milliseconds up to which new messages were announced; `null` until the first second has passed.
   */
  announcedAt: number | null
}

export type Edition = 1 | 2 | 3
export type Agreement = 'Agree' | 'Disagree' | 'Default_Agree'

export interface Consent {
  memberId: string
  customerId: string
  status: Agreement
  /** Milliseconds. */
  at: number
}

/** The rep on the desk is recorded, as in a corp that tries the archive with one seat. */
export function createArchive(scene: Scene): ArchiveState {
  return {
    service: 'open',
    allowedIps: null,
    permits: scene.wecomMember === null ? {} : { [scene.wecomMember]: 1 },
    consents: [],
    robots: [],
    announcedAt: null,
  }
}
