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
    findCustomer: (given) => findBy(world, 'externalUserId', given),
  }
}

function providerIds(world: World, provider: string): Ids {
  const encrypt = (prefix: Prefix, id: string) => encryptedId(world, provider, prefix, id)
  return {
    corp: (id) => encrypt('wp', id),
    member: (id) => encrypt('wo', id),
    customer: ({ externalUserId }) => encrypt('wm', externalUserId),
    findMember: (given) => world.members.find(({ id }) => encrypt('wo', id) === given),
    findCustomer: (given) => findBy(world, 'externalUserId', plainId(world, provider, given)),
  }
}

/** `wp` a corp, `wo` a member, `wm` a contact. */
type Prefix = 'wp' | 'wo' | 'wm'

/**
 * 32 characters like the platform's: the prefix, then letters that only this provider gets. A pure
 * function, so what is kept never goes stale.
 */
function encryptedId({ memory }: World, provider: string, prefix: Prefix, id: string): string {
  const kept = memory.of(keptIds)
  const key = `${provider} ${prefix} ${id}`
  const known = kept.get(key)
  if (known !== undefined) return known
  const hash = createHmac('sha256', provider).update(`${prefix} ${id}`).digest('base64url')
  const fresh = `${prefix}${hash.replace(/[-_]/g, 'A').slice(0, 30)}`
  kept.set(key, fresh)
  return fresh
}

function keptIds(): Map<string, string> {
  return new Map()
}

/** The external_userid behind a provider's encrypted one; empty for an id that it never gave. */
function plainId(world: World, provider: string, given: string): string {
  const { customers, memory } = world
  const kept = memory.of(keptPlainIds)
  if (kept.list !== customers) Object.assign(kept, keptPlainIds(), { list: customers })
  const seen = kept.seen.get(provider) ?? 0
  for (const { externalUserId } of customers.slice(seen))
    kept.plain.set(
      `${provider} ${encryptedId(world, provider, 'wm', externalUserId)}`,
      externalUserId,
    )
  kept.seen.set(provider, customers.length)
  return kept.plain.get(`${provider} ${given}`) ?? ''
}

interface PlainIds {
  /** A reset or a restored snapshot brings another list. */
  list: SceneCustomer[] | null
  /** By provider, how many of the list are in `plain`; customers are only ever added at its end. */
  seen: Map<string, number>
  /** By provider and encrypted id. */
  plain: Map<string, string>
}

function keptPlainIds(): PlainIds {
  return { list: null, seen: new Map(), plain: new Map() }
}
