import type { Delivery } from '../api.ts'
import type { World } from '../state/world.ts'
import { enqueue, settle } from './delivery.ts'
import { urlOf } from './receivers.ts'
import { noRules, type Rules } from './state.ts'
import type { Receiver } from './receiver.ts'

/** Sends a new delivery on, or does with it what the rules say. */
export function admit(world: World, delivery: Delivery) {
  const { rules } = world.pushes
  const job = { delivery, tries: 0, isReplay: false }
  if (urlOf(world, delivery.receiver as Receiver) === null)
    return queueMicrotask(() => settle(world, job, 'nowhere', null))
  if (!isMeant(rules, delivery)) return enqueue(world, job)
  if (rules.drop > 0) {
    rules.drop -= 1
    delivery.state = 'dropped'
    return queueMicrotask(() => settle(world, job, 'dropped', null))
  }
  if (rules.isHolding) {
    delivery.state = 'held'
    return undefined
  }
  if (rules.reorder > 0) return collect(world, delivery)
  enqueue(world, job)
  if (rules.duplicate === 0) return undefined
  rules.duplicate -= 1
  return enqueue(world, { delivery, tries: 0, isReplay: true })
}

function collect(world: World, delivery: Delivery) {
  const { rules, deliveries } = world.pushes
  delivery.state = 'held'
  rules.collected.push(delivery.id)
  if (rules.collected.length < rules.reorder) return
  const reversed = rules.collected.toReversed()
  rules.reorder = 0
  rules.collected = []
  for (const id of reversed) {
    const found = deliveries.find((one) => one.id === id)
    if (found) enqueue(world, { delivery: found, tries: 0, isReplay: false })
  }
}

/** New rules replace the old ones; what those kept back goes out, oldest first. */
export function setRules(world: World, rules: Partial<Rules>) {
  world.pushes.rules = { ...structuredClone(noRules), ...rules }
  if (rules.isHolding) return
  for (const delivery of world.pushes.deliveries) {
    if (delivery.state === 'held') enqueue(world, { delivery, tries: 0, isReplay: false })
  }
}

function isMeant(rules: Rules, { receiver, event }: Delivery): boolean {
  return (
    (rules.receiver === null || rules.receiver === receiver) &&
    (rules.event === null || rules.event === event)
  )
}
