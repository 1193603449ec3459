import type { SceneCustomer } from '../../scenes/scene.ts'
import { makeSecret, now, type World } from '../../state/world.ts'

/** WW-97108 */
const validMs = 90 * 86_400_000

/** The provider's id for somebody who is no customer yet: the same one until it has run out. */
export function pendingOf(world: World, provider: string, { id }: SceneCustomer): string {
  const known = findPending(world, provider, id)
  if (known !== undefined) return known
  const fresh = `p${makeSecret(31).replace(/[-_]/g, 'A')}`
  world.contacts.pendings = world.contacts.pendings.filter(({ issuedAt }) =>
    isValid(world, issuedAt),
  )
  world.contacts.pendings.push({ id: fresh, provider, customerId: id, issuedAt: now(world) })
  return fresh
}

/** Only what was asked for before, within 90 days. */
export function findPending(
  world: World,
  provider: string,
  customerId: string,
): string | undefined {
  const found = world.contacts.pendings.find(
    (one) =>
      one.provider === provider && one.customerId === customerId && isValid(world, one.issuedAt),
  )
  return found?.id
}

function isValid(world: World, issuedAt: number): boolean {
  return now(world) < issuedAt + validMs
}
