import type { PersonalData } from '../shared/contract/privacy.ts'
import type { Context } from './base/context.ts'
import type { Transaction } from './base/db/database.ts'
import type { Job } from './base/db/jobs.ts'
import type { ApiRouter } from './base/http/api-router.ts'
import { kept } from './base/kept.ts'

/**
 * What a domain brings to the house. A folder's `domain.ts` gives one, and only `app.ts` imports
 * it; neighbours import its `index.ts`.
 */
export interface Domain {
  /** As its folder is called. */
  readonly name: string
  /** Every table of its `tables.ts`, and what becomes of it when a person asks. */
  readonly tables?: Readonly<Record<string, Holding>>
  /** Opens what it keeps in memory. Called once per process, lower floors first. */
  memory?(ctx: Context): void | Promise<void>
  routes?(router: ApiRouter): void
  /** What it does without being asked. */
  readonly jobs?: readonly Job[]
  readonly pushes?: Pushes
  readonly personal?: Personal
}

/** All domains of this process, lower floors first. */
export const domains = kept<readonly Domain[]>('domains')

/**
 * What a table has of a person. `exported`: in the person's document; `erased`: no row names the
 * person afterwards. A table that has nothing says why.
 */
export type Holding = 'exported and erased' | 'erased' | { readonly nobody: string }

export type Platform = 'wecom' | 'wechat'

/** What a platform has told us: verified, decrypted and stored before. */
export interface Push {
  readonly corpId: string
  /** e.g. `change_external_contact/add_external_contact` */
  readonly event: string
  /** As the platform sent it, decrypted XML. */
  readonly message: string
}

/** Must bear repetition: a push whose handler fails is handled again by all of its handlers. */
export type PushHandler = (ctx: Context, push: Push) => Promise<void>

/** By event. Several domains may take one event; lower floors come first. */
export type Pushes = Readonly<Partial<Record<Platform, Readonly<Record<string, PushHandler>>>>>

/** Whom an export or an erasure is about. */
export interface Who {
  readonly corpId: string
  readonly identityIds: readonly string[]
  /** WeCom's ids of the person as a contact. */
  readonly externalUserIds: readonly string[]
  /** Ids and values by which texts may name the person; none is shorter than six characters. */
  readonly words: readonly string[]
}

/** The parts of the document that a person gets. */
export type Section = Exclude<keyof PersonalData, 'exportedAt' | 'personId'>
export type Pages = AsyncIterable<readonly object[]> | Promise<readonly object[]>

/** How many rows of what. */
export type Counts = Readonly<Record<string, number>>

export interface Personal {
  /** The sections of the document that this domain writes, each in pages, oldest first. */
  readonly sections?: Readonly<Partial<Record<Section, (ctx: Context, who: Who) => Pages>>>
  /**
   * Takes the person out of rows that are few. Runs in the transaction that takes the person out,
   * and again in the last one of the erasure, for what was under way meanwhile; then only
   * `identityIds`, and these as `words`, are known.
   */
  forget?(tx: Transaction, who: Who): Promise<Counts>
  /** Takes out what lies outside of the database. May be killed and run again. */
  forgetOutside?(ctx: Context, who: Who): Promise<Counts>
  /**
   * Takes out some thousands of the rows that are many, in a transaction of its own; all zeros when
   * nothing is left.
   */
  forgetLot?(tx: Transaction, who: Who): Promise<Counts>
}
