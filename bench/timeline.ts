import { pageSql } from '../server/timeline/queries.ts'
import type { Ground } from './ground.ts'
import { load } from './load.ts'
import { milliseconds, percentile, perSecond, printTable } from './table.ts'

const count = Number(process.env.BENCH_MOMENTS ?? 100_000)
const limit = 20

/** A timeline page of one person with a long history. `BENCH_MOMENTS=5000000` fills in more. */
export async function timelinePage(ground: Ground): Promise<void> {
  await ground.pool.query(
    `insert into moments (id, corp_id, identity_id, target_identity_id, kind, occurred_at, updated_at, material_id, share_id, active_seconds, depth_unit, depth_reached, depth_total)
     select gen_random_uuid(), $1, $2, $2, 'material.view', now() - n * interval '1 minute', now(), $3, $4, n % 300, 'percent', n % 100, 100
     from generate_series(1, $5::int) as n`,
    [ground.corpId, ground.identityId, ground.materialId, ground.shareId, count],
  )
  await ground.pool.query('vacuum analyze moments')

  const page = { name: 'bench-page', text: pageSql(limit) }
  const client = await ground.pool.connect()
  const samples: number[] = []
  for (let index = 0; index < 2200; index++) {
    // Anywhere in the history, not always its warm end.
    const before = new Date(Date.now() - Math.random() * count * 60_000).toISOString()
    const begun = performance.now()
    await client.query({ ...page, values: [ground.personId, before, 'ffffffff-ffff-ffff-ffff-ffffffffffff', null] })
    if (index >= 200) samples.push(performance.now() - begun)
  }
  client.release()

  const http = await load(`${ground.servers[0]}/api/persons/${ground.personId}/moments?limit=${limit}`, {
    connections: 20,
    seconds: 5,
    headers: ground.member,
  })
  printTable(
    `Timeline page of ${limit} among ${count.toLocaleString('en')} moments of one person (budget: p99 ≤ 3 ms in the database, ≤ 6 ms over HTTP)`,
    ['', 'p50', 'p99', 'rate'],
    [
      ['one query, one connection', milliseconds(percentile(samples, 0.5)), milliseconds(percentile(samples, 0.99)), ''],
      ['over HTTP, 20 connections', milliseconds(http.p50), milliseconds(http.p99), perSecond(http.perSecond)],
    ],
  )
}
