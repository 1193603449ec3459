import type { Device, LedgerRow, ScanOutcome, ShownCode } from '../api.ts'
import type { World } from '../state/world.ts'
import type { Happening, Method } from './method.ts'

/**
 * A part of a platform: its methods, what may happen in it, what it owes the ledger and the
 * inspector.
 */
export interface Area {
  service: 'wecom' | 'wechat'
  /** Name in the inspector, e.g. `客户联系`. */
  title: string
  methods: Method[]
  happenings: Happening[]
  ledger: LedgerRow[]
  /**
   * What it keeps, for the inspector: tables of plain values by title. Secrets are cut by the
   * inspector.
   */
  tables?: (world: World) => Table[]
  /** Quotas and how much of each is used. */
  meters?: (world: World) => Meter[]
  /**
   * Called every second and after each move of the clock: what time does by itself (tickets pushed,
   * codes run out). Must be cheap.
   */
  tick?: (world: World) => void
  /** Its QR codes that stand on some screen of the world, newest first. */
  shownCodes?: (world: World) => ShownCode[]
  /**
   * Somebody scans a text: where it leads when it is a code of this area, else null. May do what a
   * scan does (follow, add a contact).
   */
  scan?: (world: World, by: Scanner, text: string) => ScanOutcome | null
}

export interface Scanner {
  device: Device
  userId: string
  /** Nobody is added or followed yet: whoever would be is given as a card. */
  isLooking: boolean
}

export interface Table {
  title: string
  columns: string[]
  /** Newest or most important first; at most a few hundred. */
  rows: (string | number | boolean | null)[][]
  /** How many there are in all, when `rows` is cut. */
  total?: number
}

export interface Meter {
  title: string
  used: number
  most: number
  /** Seconds of the window. */
  window: number
}
