import type { PersonalData } from '../shared/contract/privacy.ts'
import type { Context } from './base/context.ts'
import type { Transaction } from './base/db/database.ts'
import type { Job } from './base/db/jobs.ts'
import type { ApiRouter } from './base/http/api-router.ts'
import { kept } from './base/kept.ts'

/**
 * What a domain contributes to the server. The `domain.ts` of a folder exports one, and only
 * `app.ts` imports it; neighbours import the folder's `index.ts`.
 */
export interface Domain {
  /** The name of its folder. */
  readonly name: string
  /** Every table of its `tables.ts`, with what export and erasure do to it. */
  readonly tables?: Readonly<Record<string, Holding>>
  /** Opens what the domain keeps in memory. Called once per process, lower floors first. */
  memory?(ctx: Context): void | Promise<void>
  routes?(router: ApiRouter): void
  /** Its recurring work. */
  readonly jobs?: readonly Job[]
  readonly pushes?: Pushes
  readonly personal?: Personal
}

/** All domains of this process, lower floors first. */
export const domains = kept<readonly Domain[]>('domains')

/**
 * What a table holds about a person. `exported`: the person's document contains it. `erased`: no
 * row names the person afterwards. A table without personal data says why.
 */
export type Holding = 'exported and erased' | 'erased' | { readonly nobody: string }

export type Platform = 'wecom' | 'wechat'

/** A message of a platform; it was verified, decrypted and stored before. */
export interface Push {
  readonly corpId: string
  /** e.g. `change_external_contact/add_external_contact` */
  readonly event: string
  /** Decrypted XML, as the platform sent it. */
  readonly message: string
}

/**
 * A handler must allow repetition: when one handler of a push fails, all of its handlers run again.
 */
export type PushHandler = (ctx: Context, push: Push) => Promise<void>

/** Handlers by event. Several domains may handle one event; lower floors run first. */
export type Pushes = Readonly<Partial<Record<Platform, Readonly<Record<string, PushHandler>>>>>

/** The person of an export or an erasure. */
export interface Who {
  readonly corpId: string
  readonly identityIds: readonly string[]
  /** WeCom's ids of the person as a contact. */
  readonly externalUserIds: readonly string[]
  /** Ids and values that may name the person in a text; none is shorter than six characters. */
  readonly words: readonly string[]
}

/** The parts of the document that a person gets. */
export type Section = Exclude<keyof PersonalData, 'exportedAt' | 'personId'>
export type Pages = AsyncIterable<readonly object[]> | Promise<readonly object[]>

/** How many rows, by kind. */
export type Counts = Readonly<Record<string, number>>

export interface Personal {
  /** The sections of the document that this domain writes, each in pages, oldest first. */
  readonly sections?: Readonly<Partial<Record<Section, (ctx: Context, who: Who) => Pages>>>
  /**
   * Removes the person from small tables. It runs in the transaction that removes the person, and
   * again in the last one of the erasure, for rows that were written meanwhile. Then only
   * `identityIds` are known, and `words` are these same ids.
   */
  forget?(tx: Transaction, who: Who): Promise<Counts>
  /** Removes data outside of the database. It may be killed and run again. */
  forgetOutside?(ctx: Context, who: Who): Promise<Counts>
  /**
   * Removes some thousands of rows from large tables, in a transaction of its own. Returns zeros
   * only when nothing is left.
   */
  forgetLot?(tx: Transaction, who: Who): Promise<Counts>
}
