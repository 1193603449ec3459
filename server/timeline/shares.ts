import type { Database } from '../db/database.ts'

/** What a moment takes from its share. None of it ever changes, so it may be remembered. */
export interface ShareFacts {
  corpId: string
  materialId: string
  /** The contact to whom a rep pushed it; null for groups and forwards. */
  targetIdentityId: string | null
}

const mostRemembered = 20_000
const remembered = new WeakMap<Database, Map<string, ShareFacts>>()

/** Shares that do not exist are not in the answer, and not remembered: a forward may be reported before it is created. */
export async function shareFacts(db: Database, ids: readonly string[]): Promise<ReadonlyMap<string, ShareFacts>> {
  const memory = memoryOf(db)
  const found = new Map<string, ShareFacts>()
  const missing: string[] = []
  for (const id of new Set(ids)) {
    const facts = memory.get(id)
    if (facts) found.set(id, facts)
    else missing.push(id)
  }
  if (missing.length === 0) return found
  const { rows } = await db.$client.query<{ id: string; corp_id: string; material_id: string; target_identity_id: string | null }>({
    name: 'share-facts',
    text: 'select id, corp_id, material_id, target_identity_id from shares where id = any($1::uuid[])',
    values: [missing],
  })
  for (const row of rows) {
    const facts = { corpId: row.corp_id, materialId: row.material_id, targetIdentityId: row.target_identity_id }
    found.set(row.id, facts)
    keep(memory, row.id, facts)
  }
  return found
}

function memoryOf(db: Database): Map<string, ShareFacts> {
  const memory = remembered.get(db) ?? new Map<string, ShareFacts>()
  remembered.set(db, memory)
  return memory
}

/** The oldest entry makes room. */
function keep(memory: Map<string, ShareFacts>, id: string, facts: ShareFacts): void {
  if (memory.size >= mostRemembered) {
    const oldest = memory.keys().next()
    if (!oldest.done) memory.delete(oldest.value)
  }
  memory.set(id, facts)
}
