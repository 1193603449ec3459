import type { SceneCustomer } from '../../scenes/scene.ts'
import { spendCode } from '../../state/grants.ts'
import { findCustomer, type Code, type World } from '../../state/world.ts'
import { Refusal } from '../../platform/method.ts'

/** Whose code it is, in the platform's words when it is nobody's any more. */
export function spend(
  world: World,
  kind: Code['kind'],
  appid: string,
  value: string,
): { customer: SceneCustomer; scope: string } {
  const code = spendCode(world, kind, appid, value)
  if (code === 'unknown') throw new Refusal(40029, 'invalid code')
  // The page of the phone number lists only 40029.
  if (code === 'used')
    throw kind === 'phone'
      ? new Refusal(40029, 'invalid code')
      : new Refusal(40163, 'code been used')
  if (code === 'expired')
    throw kind === 'official'
      ? new Refusal(42003, 'oauth_code expired')
      : new Refusal(40029, 'invalid code')
  const customer = findCustomer(world, code.userId)
  if (!customer) throw new Refusal(40029, 'invalid code')
  return { customer, scope: code.scope }
}
