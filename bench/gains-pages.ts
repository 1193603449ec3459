// A page of a timeline, read in other ways than the server reads it. The text of the statement is
// the server's own; what a way does otherwise is put into it.
import { listMoments } from '../shared/contract/timeline.ts'
import type { Context } from '../server/base/context.ts'
import { readCursor, TimePosition, writeCursor } from '../server/base/db/cursor.ts'
import type { ApiRouter } from '../server/base/http/api-router.ts'
import { serve } from '../server/base/http/serve.ts'
import { fail } from '../server/base/problem.ts'
import { knowsContact, readPermission } from '../server/persons/index.ts'
import { positionAt, writePosition } from '../server/timeline/live/position.ts'
import { nameBook, openNameBook, type Names } from '../server/timeline/page/names.ts'
import { presentMoment } from '../server/timeline/page/present.ts'
import { type MomentRow, pageSql, type Reader } from '../server/timeline/page/queries.ts'
import type { Permission } from '../server/timeline/rule.ts'
import { filtersOff, lastId } from './page-query.ts'

const readings = {
  /** As the server does it: names are remembered. */
  remembered: (sql: string) => sql,
  /** Names of materials and members in the page's own statement, row by row. */
  joined(sql: string) {
    const found = put(
      sql,
      'as workorder_place from',
      `as workorder_place, materials.kind as material_kind, materials.title as material_title,
        materials.cover_file_id as material_cover, members.name as member_name from`,
    )
    const joined = put(
      found,
      'as workorders on true',
      `as workorders on true
left join lateral (select kind, title, cover_file_id from materials
  where id = found.material_id limit 1) as materials on true
left join lateral (select name from members
  where corp_id = shares.corp_id and user_id = shares.member_userid limit 1) as members on true`,
    )
    return put(
      joined,
      'page.workorder_place',
      `page.workorder_place, page.material_kind, page.material_title, page.material_cover,
  page.member_name`,
    )
  },
  /** Names looked up for each page, after it was read. */
  asked: (sql: string) => sql,
}
export type Reading = keyof typeof readings

export function isReading(name: string): name is Reading {
  return name in readings
}

interface Options {
  personId: string
  permission: Permission
  reader: Reader
  before: readonly [occurredAt: string, id: string] | undefined
  limit: number
}

/** Beside the server's own address. */
const path = `/bench${listMoments.path}` as const

export function pagePath(personId: string): string {
  return path.replace(':id', personId)
}

export function servePages(router: ApiRouter, reading: Reading): void {
  const endpoint = { ...listMoments, path }
  serve(
    router,
    endpoint,
    async ({ params, query, session }, ctx) => {
      const before = query.before === undefined ? undefined : readCursor(TimePosition, query.before)
      const { limit } = query
      const permission = readPermission(ctx, session)
      const reader = { identityIds: null, knowsContact: knowsContact(ctx, session) }
      const options = { personId: params.id, permission, reader, before, limit: limit + 1 }
      const { moments, snapshot } = await pageBy(reading, ctx, options)
      const items = moments.slice(0, limit)
      const last = items.at(-1)
      const next =
        moments.length > items.length && last ? writeCursor([last.occurredAt, last.id]) : null
      return { items, next, liveFrom: writePosition(positionAt(snapshot)) }
    },
    { compress: true },
  )
}

type Found = { snapshot: string; allowed: boolean } & MomentRow & Named

async function pageBy(
  reading: Reading,
  ctx: Context,
  { personId, permission, reader, before = ['infinity', lastId], limit }: Options,
) {
  const { rows } = await ctx.db.$client.query<Found>({
    name: `bench-page-${reading}`,
    text: readings[reading](pageSql(limit, filtersOff, reader, permission)),
    values: [
      ...[personId, ...before, null, null, null, null, null, null],
      ...[...reader.knowsContact.values, ...permission.values],
    ],
  })
  const [first] = rows
  if (!first?.allowed) return fail('person_unknown')
  const found = rows.filter(({ id }) => id !== null)
  return { moments: await present(reading, ctx, found), snapshot: first.snapshot }
}

async function present(reading: Reading, ctx: Context, found: readonly Found[]) {
  if (reading === 'joined') return found.map((row) => presentMoment(ctx, row, namesOf(row)))
  // One that was just opened remembers nothing.
  const book = reading === 'asked' ? openNameBook(ctx.db) : ctx.memory.get(nameBook)
  const names = await book.namesIn(found)
  return found.map((row) => presentMoment(ctx, row, names))
}

interface Named {
  material_kind: string
  material_title: string
  material_cover: string | null
  member_name: string | null
}

function namesOf(row: Named): Names {
  const material = {
    kind: row.material_kind,
    title: row.material_title,
    coverFileId: row.material_cover,
  }
  return {
    material: () => material,
    member: ({ share_member: userId }) => row.member_name ?? userId,
  }
}

/** Loud when the server's statement has changed and no longer has the place. */
function put(sql: string, instead: string, of: string): string {
  if (sql.split(instead).length !== 2) throw new Error(`the page has not one "${instead}"`)
  return sql.replace(instead, () => of)
}
