import type { TrackedEvent } from '../../../shared/contract/track.ts'
import { keepAmong } from '../../base/bounded.ts'
import type { Database } from '../../base/db/database.ts'

const mostRemembered = 50_000
const remembered = new WeakMap<Database, Map<string, string>>()

/**
 * The corp of each share under which something happened. That never changes, so it is remembered.
 * Shares that do not exist are not in the answer, and not remembered: a forward may be reported
 * before it is created.
 */
export async function shareCorps(
  db: Database,
  events: readonly { event: TrackedEvent }[],
): Promise<ReadonlyMap<string, string>> {
  const memory = memoryOf(db)
  const missing = new Set<string>()
  for (const { event } of events)
    if ('shareId' in event && !memory.has(event.shareId)) missing.add(event.shareId)
  if (missing.size === 0) return memory
  const { rows } = await db.$client.query<{ id: string; corp_id: string }>({
    name: 'share-corps',
    text: 'select id, corp_id from shares where id = any($1::uuid[])',
    values: [[...missing]],
  })
  for (const { id, corp_id: corp } of rows) keepAmong(memory, mostRemembered, id, corp)
  return memory
}

function memoryOf(db: Database): Map<string, string> {
  const memory = remembered.get(db) ?? new Map<string, string>()
  remembered.set(db, memory)
  return memory
}
