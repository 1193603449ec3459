import type { SceneCustomer } from '../../scenes/scene.ts'
import { issueCode } from '../../state/grants.ts'
import type { World } from '../../state/world.ts'
import { consentKey } from './subscribe.ts'

/**
 * A customer tells the mini program their number: the code for getuserphonenumber, good for five
 * minutes and once.
 */
export function agreeToPhone(world: World, { id }: SceneCustomer): string {
  const owner = world.scene.miniprogram.appid
  return issueCode(world, { kind: 'phone', owner, userId: id, scope: '', redirectHost: null })
}

/** A customer agrees to messages of a template; how many may be sent now. */
export function agreeToMessages(
  world: World,
  { id }: SceneCustomer,
  templateId: string,
  times: number,
): number {
  const key = consentKey(id, templateId)
  const left = (world.miniprogram.consents.get(key) ?? 0) + times
  world.miniprogram.consents.set(key, left)
  return left
}
