import { createHmac } from 'node:crypto'
import type { SceneCustomer, SceneMember } from '../scenes/scene.ts'
import type { App } from '../wecom/apps/state.ts'
import { findBy } from './people.ts'
import { findMember, type World } from './world.ts'

/**
 * How one app names the corp, its members and its contacts: plainly to an own app, encrypted for
 * each provider to the two others (platform.md §2).
 */
export interface Ids {
  corp: (corpId: string) => string
  member: (id: string) => string
  customer: (customer: SceneCustomer) => string
  findMember: (given: string) => SceneMember | undefined
  findCustomer: (given: string) => SceneCustomer | undefined
}

export function idsOf(world: World, app: App): Ids {
  return app.mode === 'own' ? plainIds(world) : providerIds(world, world.apps.provider.corpId)
}

/** How the service provider names everybody, where it calls for itself rather than for an app. */
export function providerIdsOf(world: World): Ids {
  return providerIds(world, world.apps.provider.corpId)
}

function plainIds(world: World): Ids {
  return {
    corp: (id) => id,
    member: (id) => id,
    customer: ({ externalUserId }) => externalUserId,
    // WW-90196: userid is not case-sensitive.
    findMember: (given) =>
      findMember(world, given) ??
      world.members.find(({ id }) => id.toLowerCase() === given.toLowerCase()),
    findCustomer: (given) => findBy(world.customers, 'externalUserId', given),
  }
}

function providerIds(world: World, provider: string): Ids {
  return {
    corp: (id) => encrypt(provider, 'wp', id),
    member: (id) => encrypt(provider, 'wo', id),
    customer: ({ externalUserId }) => encrypt(provider, 'wm', externalUserId),
    findMember: (given) => world.members.find(({ id }) => encrypt(provider, 'wo', id) === given),
    findCustomer: (given) => {
      readNew(world.customers, provider)
      return findBy(world.customers, 'externalUserId', reverse.get(`${provider} ${given}`) ?? '')
    },
  }
}

/**
 * By the list itself and the provider, how many of it are in `reverse`: customers are only ever
 * added at its end.
 */
const seen = new WeakMap<SceneCustomer[], Map<string, number>>()

function readNew(customers: SceneCustomer[], provider: string) {
  const counts = seen.get(customers) ?? new Map<string, number>()
  seen.set(customers, counts)
  for (const { externalUserId } of customers.slice(counts.get(provider) ?? 0))
    reverse.set(`${provider} ${encrypt(provider, 'wm', externalUserId)}`, externalUserId)
  counts.set(provider, customers.length)
}

/**
 * From a provider's encrypted to the plain external_userids: a pure function's results, so they
 * never go stale.
 */
const reverse = new Map<string, string>()
const encrypted = new Map<string, string>()

/** 32 characters like the platform's: the kind, then letters that only this provider gets. */
function encrypt(provider: string, prefix: 'wp' | 'wo' | 'wm', id: string): string {
  const key = `${provider} ${prefix} ${id}`
  const known = encrypted.get(key)
  if (known !== undefined) return known
  const fresh = `${prefix}${createHmac('sha256', provider).update(`${prefix} ${id}`).digest('base64url').replace(/[-_]/g, 'A').slice(0, 30)}`
  encrypted.set(key, fresh)
  return fresh
}
