import { textField } from '../../platform/fields.ts'
import { Refusal, type Upstream } from '../../platform/method.ts'
import type { Ids } from '../../state/ids.ts'
import { seconds, type World } from '../../state/world.ts'
import { authorizeProvider } from '../apps/provider-access.ts'
import type { Licence } from './state.ts'
import type { LicenceKind } from '../../scenes/scene.ts'

/** On the wire kinds are numbers. */
export const numberOf: Record<LicenceKind, number> = { base: 1, contact: 2 }

export function kindOf(number: number): LicenceKind {
  if (number === 1) return 'base'
  if (number === 2) return 'contact'
  throw new Refusal(701006, 'invalid license account type')
}

/**
 * A call of the provider about a corp that has installed something of his; `corpid` is the
 * encrypted one.
 */
export function authorizeForCorp(world: World, call: Upstream): Ids {
  const ids = authorizeProvider(world, call)
  const corpId = textField(call, 'corpid', { missing: [41002, 'corpid missing'] })
  if (corpId !== ids.corp(world.scene.corp.id)) throw new Refusal(40013, 'invalid corpid')
  if (!world.apps.list.some(({ suiteId }) => suiteId !== null))
    throw new Refusal(701015, 'no suite or customized app authorization')
  return ids
}

/** The page of a list by its cursor: where it begins. */
export function pageOf<T>(
  items: T[],
  cursor: string,
  limit: number,
): { page: T[]; has_more: number; next_cursor: string } {
  const start = cursor === '' ? 0 : Number(cursor)
  if (!Number.isInteger(start) || start < 0) throw new Refusal(40058, 'invalid Request Parameter')
  const end = start + limit
  return {
    page: items.slice(start, end),
    has_more: end < items.length ? 1 : 0,
    next_cursor: end < items.length ? String(end) : '',
  }
}

export function secondsOf(ms: number): number {
  return Math.floor(ms / 1000)
}

/** WW-97189: 1 free, 2 in use, 3 run out, 5 merged into another. */
export function statusOf(world: World, { mergedInto, memberId, expiresAt }: Licence): number {
  if (mergedInto !== null) return 5
  if (memberId === null || expiresAt === null) return 1
  return secondsOf(expiresAt) > seconds(world) ? 2 : 3
}
