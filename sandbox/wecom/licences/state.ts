import type { LicenceKind, Scene } from '../../scenes/scene.ts'

declare module '../../state/world.ts' {
  interface Slices {
    licences: LicencesState
  }
}

const day = 86_400_000

/** An account that a corp bought: a code that is given to a member, once. */
export interface Licence {
  code: string
  orderId: string
  kind: LicenceKind
  createdAt: number
  /** How long it serves from its activation. */
  days: number
  memberId: string | null
  activatedAt: number | null
  /** Always a midnight. */
  expiresAt: number | null
  /** When it last changed hands, `null` before. */
  transferredAt: number | null
  /** A new code of the same kind adds its time to the old one, and is itself used up. */
  mergedInto: string | null
  mergedFrom: string | null
}

export interface LicenceOrder {
  id: string
  kind: 'new' | 'renewal'
  status: 'unpaid' | 'paid' | 'cancelled' | 'refunded'
  buyer: string
  baseCount: number
  contactCount: number
  days: number
  /** The duration as it was given. */
  duration: { months: number; days: number }
  createdAt: number
  paidAt: number | null
}

/** Plain data only: it is copied by snapshots. */
export interface LicencesState {
  orders: LicenceOrder[]
  licences: Licence[]
  /**
   * Since when each template or suite is on trial: its first install, which a second one does not
   * reset.
   */
  trials: Record<string, number>
  /** A member who opens the app gets a free code by itself, if the corp allows it. */
  autoActivates: boolean
}

/** A scene is set at the real time: its clock has not been moved yet. */
export function createLicences({ apps, licences }: Scene): LicencesState {
  const setAt = Date.now()
  const installed = apps.flatMap(({ suiteId }) => (suiteId === null ? [] : [suiteId]))
  return {
    orders: [],
    licences: (licences?.accounts ?? []).map(({ memberId, kind, daysLeft }, index) => ({
      code: `LA${String(index + 1).padStart(30, '0')}`,
      orderId: 'OI00000000000000',
      kind,
      createdAt: setAt - 372 * day,
      days: 372,
      memberId,
      activatedAt: setAt - (372 - daysLeft) * day,
      expiresAt: midnightBefore(setAt + daysLeft * day),
      transferredAt: null,
      mergedInto: null,
      mergedFrom: null,
    })),
    trials: Object.fromEntries(
      installed.map((suiteId) => [suiteId, setAt - (licences?.trialDaysAgo ?? 0) * day]),
    ),
    autoActivates: false,
  }
}

/** A licence always ends at midnight in China (WW-95652). */
export function midnightBefore(at: number): number {
  const zone = 8 * 3_600_000
  return Math.floor((at + zone) / day) * day - zone
}
