import { keepAmong } from '../../base/bounded.ts'
import type { Database } from '../../base/db/database.ts'

/** So long may the old title or name be shown after it was changed. */
const rememberedMs = 5_000
/**
 * Then the next page that shows it has it looked up again, without waiting for it: what every page
 * shows is never waited for.
 */
const refreshedMs = 2_500
const mostRemembered = 20_000

export interface MaterialName {
  kind: string
  title: string
  coverFileId: string | null
}

interface Named {
  material_id: string | null
  share_corp: string | null
  share_member: string | null
}

/** How materials and members are called, for the moments of a page. */
export interface Names {
  /** Undefined: there is no such material. */
  material(id: string): MaterialName | undefined
  /** The user id of a member whose name is not known; null without a share. */
  member(row: Named): string | null
}

/**
 * A page shows few materials and fewer members, every page shows the same ones, and all but never
 * do they change: looking them up in the page's query, row by row, cost a third of it. Usually
 * nothing is asked here.
 */
export async function namesIn(db: Database, rows: readonly Named[]): Promise<Names> {
  const { materials, members } = memoryOf(db)
  const materialIds = new Set(rows.flatMap(({ material_id: id }) => id ?? []))
  const memberKeys = new Set(rows.flatMap((row) => memberKey(row) ?? []))
  const [material, member] = await Promise.all([
    materials.all(materialIds),
    members.all(memberKeys),
  ])
  return {
    material: (id) => material.get(id),
    member: (row) => member.get(memberKey(row) ?? '') ?? row.share_member,
  }
}

/** No corp's id has a slash. */
function memberKey({ share_corp: corp, share_member: userId }: Named): string | null {
  return corp === null || userId === null ? null : `${corp}/${userId}`
}

interface Memories {
  materials: Memory<MaterialName>
  members: Memory<string>
}

const memories = new WeakMap<Database, Memories>()

function memoryOf(db: Database): Memories {
  const known = memories.get(db) ?? {
    materials: new Memory((ids) => loadMaterials(db, ids)),
    members: new Memory((keys) => loadMembers(db, keys)),
  }
  memories.set(db, known)
  return known
}

async function loadMaterials(
  { $client }: Database,
  ids: readonly string[],
): Promise<Map<string, MaterialName>> {
  const { rows } = await $client.query<{
    id: string
    kind: string
    title: string
    cover_file_id: string | null
  }>({
    name: 'material-names',
    text: 'select id, kind, title, cover_file_id from materials where id = any($1::uuid[])',
    values: [ids],
  })
  return new Map(
    rows.map(({ id, kind, title, cover_file_id: coverFileId }) => [
      id,
      { kind, title, coverFileId },
    ]),
  )
}

async function loadMembers(
  { $client }: Database,
  keys: readonly string[],
): Promise<Map<string, string>> {
  const { rows } = await $client.query<{ key: string; name: string }>({
    name: 'member-names',
    text: `select key, name from unnest($1::text[]) as key cross join lateral (
      select name from members where corp_id = split_part(key, '/', 1) and user_id = substr(key, strpos(key, '/') + 1) limit 1) as member where name is not null`,
    values: [keys],
  })
  return new Map(rows.map(({ key, name }) => [key, name]))
}

class Memory<T> {
  readonly #known = new Map<string, { value: T | undefined; loadedAt: number }>()
  readonly #load: (keys: readonly string[]) => Promise<Map<string, T>>
  /** Being looked up while the page that asked went on with what was known. */
  readonly #refreshing = new Set<string>()

  constructor(load: (keys: readonly string[]) => Promise<Map<string, T>>) {
    this.#load = load
  }

  async all(keys: ReadonlySet<string>): Promise<Map<string, T>> {
    const now = performance.now()
    const values = new Map<string, T>()
    const missing: string[] = []
    const ageing: string[] = []
    for (const key of keys) {
      const known = this.#known.get(key)
      if (!known || known.loadedAt + rememberedMs <= now) {
        missing.push(key)
        continue
      }
      if (known.loadedAt + refreshedMs <= now && !this.#refreshing.has(key)) ageing.push(key)
      if (known.value !== undefined) values.set(key, known.value)
    }
    if (ageing.length > 0) this.#refresh(ageing)
    if (missing.length === 0) return values
    for (const [key, value] of await this.#learn(missing)) values.set(key, value)
    return values
  }

  async #learn(keys: readonly string[]): Promise<Map<string, T>> {
    const loadedAt = performance.now()
    const loaded = await this.#load(keys)
    for (const key of keys)
      keepAmong(this.#known, mostRemembered, key, { value: loaded.get(key), loadedAt })
    return loaded
  }

  /** Nobody waits for it; if it fails, the page that has to wait is told. */
  #refresh(keys: readonly string[]): void {
    for (const key of keys) this.#refreshing.add(key)
    void this.#learn(keys)
      .catch(() => undefined)
      .finally(() => {
        for (const key of keys) this.#refreshing.delete(key)
      })
  }
}
