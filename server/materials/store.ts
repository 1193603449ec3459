import { and, asc, count, desc, eq, inArray, like } from 'drizzle-orm'
import * as v from 'valibot'
import { type Category, MaterialKind } from '../../shared/contract/materials.ts'
import { folded } from '../../shared/rules/folded.ts'
import type { Context } from '../base/context.ts'
import type { Queryable } from '../base/db/database.ts'
import { type Before, olderThan } from '../base/db/cursor.ts'
import { categories, materials } from './tables.ts'

/** The body of a material, by kind; files by their ids. */
export const StoredBody = v.variant('kind', [
  /** Sanitised; images as `/files/<id>`. */
  v.object({ kind: v.literal('article'), html: v.string() }),
  v.object({ kind: v.literal('file'), fileId: v.string(), pageFileIds: v.array(v.string()) }),
  v.object({ kind: v.literal('image'), fileId: v.string() }),
  v.object({
    kind: v.literal('video'),
    fileId: v.string(),
    posterFileId: v.nullable(v.string()),
    seconds: v.number(),
  }),
  v.object({ kind: v.literal('link'), url: v.string() }),
])
export type StoredBody = v.InferOutput<typeof StoredBody>

export interface MaterialRow {
  id: string
  corpId: string
  kind: MaterialKind
  title: string
  summary: string
  coverFileId: string | null
  categoryId: string | null
  body: StoredBody
  createdAt: Date
  updatedAt: Date
}

export async function insertMaterial(q: Queryable, row: MaterialRow): Promise<void> {
  const text = `${folded(row.title)}\n${folded(row.summary)}`
  await q.insert(materials).values({ ...row, folded: text })
}

export async function materialById(
  q: Queryable,
  corpId: string,
  id: string,
): Promise<MaterialRow | undefined> {
  const [row] = await q
    .select()
    .from(materials)
    .where(and(eq(materials.id, id), eq(materials.corpId, corpId)))
  return row && readMaterial(row)
}

/** Returns kind and title of the existing materials, by id. */
export async function namesByIds(
  q: Queryable,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Pick<MaterialRow, 'kind' | 'title'>>> {
  if (ids.length === 0) return new Map()
  const { id, kind, title } = materials
  const rows = await q
    .select({ id, kind, title })
    .from(materials)
    .where(inArray(id, [...ids]))
  return new Map(rows.map((row) => [row.id, { ...row, kind: v.parse(MaterialKind, row.kind) }]))
}

export interface MaterialSearch {
  corpId: string
  categoryId?: string | undefined
  kind?: MaterialKind | undefined
  /** Folded. The title or the summary must contain each of them. */
  words: readonly string[]
  before: Before
  limit: number
}

export async function findMaterials(
  q: Queryable,
  { corpId, categoryId, kind, words, before, limit }: MaterialSearch,
): Promise<MaterialRow[]> {
  const rows = await q
    .select()
    .from(materials)
    .where(
      and(
        eq(materials.corpId, corpId),
        categoryId === undefined ? undefined : eq(materials.categoryId, categoryId),
        kind === undefined ? undefined : eq(materials.kind, kind),
        ...words.map((word) => like(materials.folded, pattern(word))),
        olderThan(materials.updatedAt, materials.id, before),
      ),
    )
    .orderBy(desc(materials.updatedAt), desc(materials.id))
    .limit(limit)
  return rows.map(readMaterial)
}

/**
 * Returns a pattern that finds the word anywhere, because Chinese has no word boundaries. Special
 * characters of patterns lose their meaning.
 */
function pattern(word: string): string {
  return `%${word.replace(/[\\%_]/g, '\\$&')}%`
}

function readMaterial(row: typeof materials.$inferSelect): MaterialRow {
  const { folded: _, ...known } = row
  return { ...known, kind: v.parse(MaterialKind, row.kind), body: v.parse(StoredBody, row.body) }
}

/** In the corp's order. */
export async function categoriesOf(q: Queryable, corpId: string): Promise<Category[]> {
  return q
    .select({ id: categories.id, name: categories.name, count: count(materials.id) })
    .from(categories)
    .leftJoin(materials, eq(materials.categoryId, categories.id))
    .where(eq(categories.corpId, corpId))
    .groupBy(categories.id)
    .orderBy(asc(categories.position), asc(categories.id))
}

/** Adds the missing categories, in this order. Returns the id of each. */
export async function ensureCategories(
  ctx: Pick<Context, 'db' | 'random'>,
  corpId: string,
  names: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  await ctx.db
    .insert(categories)
    .values(names.map((name, position) => ({ id: ctx.random.id(), corpId, name, position })))
    .onConflictDoNothing()
  const rows = await ctx.db
    .select()
    .from(categories)
    .where(and(eq(categories.corpId, corpId), inArray(categories.name, [...names])))
  return new Map(rows.map(({ name, id }) => [name, id]))
}

export async function titlesOf(q: Queryable, corpId: string): Promise<ReadonlySet<string>> {
  const rows = await q
    .select({ title: materials.title })
    .from(materials)
    .where(eq(materials.corpId, corpId))
  return new Set(rows.map(({ title }) => title))
}
