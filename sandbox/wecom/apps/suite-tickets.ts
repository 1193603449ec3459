import { push } from '../../pushes/push.ts'
import { makeSecret, now, seconds, type World } from '../../state/world.ts'
import type { Suite } from '../../scenes/scene.ts'

const minute = 60_000
/** WW-97173: pushed every ten minutes, good for thirty. */
const interval = 10 * minute
const validity = 30 * minute

/** Pushes a new ticket to the suite's 指令回调. */
export function sendSuiteTicket(world: World, { id }: Suite): string {
  const value = makeSecret(64)
  const good = (world.apps.suiteTickets[id] ?? []).filter(
    ({ issuedAt }) => now(world) - issuedAt < validity,
  )
  world.apps.suiteTickets[id] = [...good, { value, issuedAt: now(world) }]
  push(world, `suite:${id}`, {
    SuiteId: id,
    InfoType: 'suite_ticket',
    TimeStamp: seconds(world),
    SuiteTicket: value,
  })
  return value
}

/** Only to who can receive it: a suite without an address is nobody's yet. */
export function sendDueSuiteTickets(world: World) {
  for (const suite of world.apps.provider.suites) {
    if (!world.pushes.addresses[`suite:${suite.id}`]?.url) continue
    const last = world.apps.suiteTickets[suite.id]?.at(-1)
    if (!last || now(world) - last.issuedAt >= interval) sendSuiteTicket(world, suite)
  }
}

export function isGoodTicket(world: World, { id }: Suite, value: string): boolean {
  const ticket = world.apps.suiteTickets[id]?.find((one) => one.value === value)
  return ticket !== undefined && now(world) - ticket.issuedAt < validity
}
