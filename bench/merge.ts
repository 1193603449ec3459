import { fork } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { required, secret, type Ground } from './ground.ts'
import type { MergeAnswer, MergeCommand } from './merge-process.ts'
import { report } from './report.ts'
import { number, rounds, seconds } from './size.ts'

const momentsEach = number('BENCH_MERGE_MOMENTS', 100_000)
const ingestPerSecond = 250

/**
 * Measures the merge of a contact and a visitor with a long history each, and its effect on
 * ingestion.
 */
export async function mergeAndUndo(ground: Ground): Promise<void> {
  const { population } = await ground.history()
  const contact = required(population.customers[100])
  const visitor = required(population.strangers[0])
  await fill(ground, [contact.visitorIdentityId, visitor])

  const child = fork(fileURLToPath(new URL('merge-process.ts', import.meta.url)), {
    execArgv: ['--import', 'tsx'],
    env: {
      ...process.env,
      ...ground.env,
      DATABASE_URL: ground.databaseUrl,
      DATA_DIR: ground.dataDir,
      SESSION_SECRET: secret,
      LOG_LEVEL: 'warn',
    },
  })
  await once(child, 'message')
  const joined: number[] = []
  const undone: number[] = []
  const usual: number[] = []
  const during: number[] = []
  try {
    await mergeOnce()
    joined.length = undone.length = 0
    for (let round = 0; round < rounds; round++) {
      usual.push((await ingest()).p99)
      const loading = ingest()
      for (
        const until = performance.now() + seconds * 1000;
        performance.now() < until;
        await sleep(200)
      )
        await mergeOnce()
      during.push((await loading).p99)
    }
  } finally {
    child.disconnect()
  }
  report(
    `Two people with ${momentsEach.toLocaleString('en')} moments each become one, and two again`,
    [
      { what: 'merge', unit: 'ms', samples: joined, goal: { atMost: 50 } },
      { what: 'undo', unit: 'ms', samples: undone, goal: { atMost: 50 } },
      { what: 'ingestion, p99 as usual', unit: 'ms', samples: usual },
      {
        what: 'ingestion, p99 while merging ÷ usual',
        unit: 'ms',
        samples: during,
        limit: usual,
        goal: { atMost: 2 },
      },
    ],
    [
      `ingestion: ${ingestPerSecond} requests of one event a second, also by the two; a merge and an undo every 200 ms`,
    ],
  )

  async function mergeOnce(): Promise<void> {
    const merge = await command({ join: [contact.contactIdentityId, visitor] })
    if (merge.outcome !== 'joined') throw new Error(`the two were not joined: ${merge.outcome}`)
    const { rows } = await ground.pool.query<{ id: string }>(
      'select id from merges where undone_at is null order by created_at desc limit 1',
    )
    const undo = await command({ undo: required(rows[0]).id, corpId: ground.corpId })
    joined.push(merge.ms)
    undone.push(undo.ms)
    // Erases all trace of it, because evidence does not join what somebody has parted.
    await ground.pool.query(
      'delete from merges; delete from identity_evidence; delete from identity_questions',
    )
  }

  async function command(what: MergeCommand) {
    child.send(what)
    const [answer] = (await once(child, 'message')) as [MergeAnswer]
    if ('error' in answer) throw new Error(answer.error)
    return answer
  }

  async function ingest() {
    const readers = [
      ...(await ground.readers(50)),
      ground.reader(contact),
      ground.reader({ ...contact, visitorIdentityId: visitor }),
    ]
    return ground.generator.http({
      origins: ground.servers.slice(0, 1),
      connections: 32,
      seconds,
      perSecond: ingestPerSecond,
      requests: {
        kind: 'track',
        eventsEach: 1,
        count: Math.ceil(ingestPerSecond * seconds * 1.1),
        readers,
      },
    })
  }
}

/** Fills in moments a minute apart, backwards from yesterday. The roll-ups stay without them. */
async function fill(ground: Ground, identityIds: readonly string[]): Promise<void> {
  const client = await ground.pool.connect()
  try {
    await client.query('alter table moments disable trigger user')
    for (const identityId of identityIds)
      await client.query(
        `insert into moments (id, corp_id, identity_id, kind, occurred_at, updated_at, material_id,
          share_id, member_userid, active_seconds)
         select gen_random_uuid(), share.corp_id, $1, 'material.view', at, at, share.material_id,
           share.id, share.member_userid, n % 300
         from generate_series(1, $2::int) as n,
           lateral (select now() - interval '1 day' - n * interval '1 minute' as at) as time,
           (select * from shares where target_identity_id is null limit 1) as share`,
        [identityId, momentsEach],
      )
    await client.query('alter table moments enable trigger user')
    await client.query('vacuum analyze moments')
  } finally {
    client.release()
  }
}
