import { now, type World } from '../../state/world.ts'

/** China's time: months begin there. */
const shanghai = 8 * 3_600_000

/** WW-96366: customers and groups that have got as many mass messages this month as it has days. */
export function fullTargets(world: World): Set<string> {
  const since = monthStart(world)
  const most = daysOfMonth(world)
  const counts = new Map<string, number>()
  for (const { sentAt, targets } of world.contacts.masses.flatMap((mass) => mass.tasks)) {
    if (sentAt === null || sentAt < since) continue
    for (const { id, status } of targets)
      if (status === 1) counts.set(id, (counts.get(id) ?? 0) + 1)
  }
  return new Set([...counts].filter(([, count]) => count >= most).map(([id]) => id))
}

function daysOfMonth(world: World): number {
  const here = new Date(now(world) + shanghai)
  return new Date(Date.UTC(here.getUTCFullYear(), here.getUTCMonth() + 1, 0)).getUTCDate()
}

function monthStart(world: World): number {
  const here = new Date(now(world) + shanghai)
  return Date.UTC(here.getUTCFullYear(), here.getUTCMonth(), 1) - shanghai
}
