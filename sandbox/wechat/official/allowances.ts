import { Refusal } from '../../platform/method.ts'
import { now, type World } from '../../state/world.ts'
import type { Allowance, Trigger } from './state.ts'

/**
 * Something the customer did allows customer messages anew: a trigger's allowance is renewed, those
 * of different triggers stand side by side.
 */
export function allow(world: World, allowances: Allowance[], trigger: Trigger): Allowance[] {
  const { count, seconds } = world.official.allowances[trigger]
  const others = allowances.filter((one) => one.trigger !== trigger && one.until > now(world))
  return [...others, { trigger, left: count, until: now(world) + seconds * 1000 }]
}

/**
 * One customer message is taken from the allowance that ends first. 45015: too late; 45047: too
 * many.
 */
export function spendAllowance(world: World, allowances: Allowance[]) {
  const open = allowances.filter(({ until }) => until > now(world))
  if (open.length === 0)
    throw new Refusal(45015, 'response out of time limit or subscription is canceled')
  const [first] = open
    .filter(({ left }) => left > 0)
    .toSorted((one, other) => one.until - other.until)
  if (!first) throw new Refusal(45047, 'out of response count limit')
  first.left -= 1
}
