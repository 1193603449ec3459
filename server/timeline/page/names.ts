import { keepAmong } from '../../base/bounded.ts'
import { kept } from '../../base/kept.ts'
import type { Database } from '../../base/db/database.ts'

/** Names may be stale for this long after a change. */
const rememberedMs = 5_000
/**
 * After this time, the next page that shows a name starts a new look-up and does not wait for it.
 * So no page waits for a common name.
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

/** The names of materials and members, for the moments of a page. */
export interface Names {
  /** Undefined for an unknown material. */
  material(id: string): MaterialName | undefined
  /** The user id when the member's name is unknown; null without a share. */
  member(row: Named): string | null
}

/**
 * Names in memory. Pages show few materials and members, mostly the same ones, and names hardly
 * ever change. Reading them in the page's query, row by row, cost a third of it.
 */
export interface NameBook {
  /** Usually this asks the database nothing. */
  namesIn(rows: readonly Named[]): Promise<Names>
}

export const nameBook = kept<NameBook>('names of materials and members')

export function openNameBook(db: Database): NameBook {
  const materials = new RememberedNames((ids) => loadMaterials(db, ids))
  const members = new RememberedNames((keys) => loadMembers(db, keys))
  return {
    async namesIn(rows) {
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
    },
  }
}

/** No corp's id has a slash. */
function memberKey({ share_corp: corp, share_member: userId }: Named): string | null {
  return corp === null || userId === null ? null : `${corp}/${userId}`
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
      select name from members
      where corp_id = split_part(key, '/', 1) and user_id = substr(key, strpos(key, '/') + 1)
      limit 1) as member where name is not null`,
    values: [keys],
  })
  return new Map(rows.map(({ key, name }) => [key, name]))
}

class RememberedNames<T> {
  readonly #known = new Map<string, { value: T | undefined; loadedAt: number }>()
  readonly #load: (keys: readonly string[]) => Promise<Map<string, T>>
  /** Names whose look-up runs in the background. */
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

  /** Nobody waits for this look-up. If it fails, the next page that must wait gets the error. */
  #refresh(keys: readonly string[]): void {
    for (const key of keys) this.#refreshing.add(key)
    void this.#learn(keys)
      .catch(() => undefined)
      .finally(() => {
        for (const key of keys) this.#refreshing.delete(key)
      })
  }
}
