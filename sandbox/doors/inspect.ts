import type Router from '@koa/router'
import type { Table } from '../platform/area.ts'
import { areas } from '../platform/areas.ts'
import { originalOf } from '../platform/originals.ts'
import { secondsLeft, stateOf } from '../state/grants.ts'
import { now, type World } from '../state/world.ts'
import { Nonsense } from './nonsense.ts'
import { readBody } from './read.ts'
import * as shapes from './shapes.ts'

const mostGrants = 200
const shownLetters = 12

/**
 * The inspector's: every entity, quota and token (cut), and a call made again exactly as it came.
 */
export function inspectDoors(router: Router, world: World) {
  router.get('/_sandbox/overview', (ctx) => {
    const { scene, offsetMs } = world
    ctx.body = {
      corp: scene.corp.name,
      scene: scene.title,
      clock: {
        now: new Date(now(world)).toISOString(),
        offsetSeconds: Math.round(offsetMs / 1000),
      },
      grants: world.grants
        .slice(-mostGrants)
        .reverse()
        .map((one) => ({
          kind: one.kind,
          owner: one.owner,
          value: `${one.value.slice(0, shownLetters)}…`,
          secondsLeft: secondsLeft(world, one),
          state: stateOf(world, one),
        })),
      areas: areas.map(({ title, service, tables, meters }) => ({
        title,
        service,
        tables: (tables?.(world) ?? []).map(withoutSecrets),
        meters: meters?.(world) ?? [],
      })),
    }
  })

  router.post('/_sandbox/calls/:id/replay', async (ctx) => {
    await readBody(ctx, shapes.Nothing)
    const call = world.calls.find(({ id }) => String(id) === ctx.params.id)
    if (!call)
      throw new Nonsense(
        `there is no call "${ctx.params.id}", or it is older than the last ${world.calls.length}`,
      )
    const original = originalOf(world, call)
    if (!original) throw new Nonsense('the body of this call was too large to keep')
    const before = world.calls.at(-1)
    const headers: Record<string, string> =
      original.contentType === '' ? {} : { 'content-type': original.contentType }
    const body = original.method === 'POST' ? { body: new Uint8Array(original.raw) } : {}
    const reply = await fetch(world.addresses.sandbox + original.url, {
      method: original.method,
      headers,
      ...body,
    })
    await reply.arrayBuffer()
    const since = before ? world.calls.slice(world.calls.indexOf(before) + 1) : world.calls
    ctx.body = since.find(({ path, service }) => path === call.path && service === call.service)
  })
}

const secretColumn = /secret|token|ticket|code|key|密钥|欢迎语/i

/**
 * A column whose name speaks of a secret shows only how it begins: a screen of the inspector can be
 * shown to anyone.
 */
function withoutSecrets(table: Table): Table {
  const isSecret = table.columns.map((column) => secretColumn.test(column))
  const cut = (cell: Table['rows'][number][number]) =>
    typeof cell === 'string' && cell.length > shownLetters
      ? `${cell.slice(0, shownLetters)}…`
      : cell
  return {
    ...table,
    rows: table.rows.map((row) => row.map((cell, index) => (isSecret[index] ? cut(cell) : cell))),
  }
}
