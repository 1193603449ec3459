import { execFileSync } from 'node:child_process'
import { chown, mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type FaultGround, openFaultGround, startTraffic, type Traffic } from './fault-ground.ts'
import { required } from './ground.ts'
import { clearLeftovers, ownDirectory } from './leftovers.ts'
import { type Dice, makeDice } from './random.ts'
import { number } from './size.ts'
import { printTable } from './table.ts'
import { storyOf } from './witness.ts'

const serverKills = number('BENCH_SERVER_KILLS', 50)
const databaseKills = number('BENCH_DATABASE_KILLS', 10)
const secondsEach = number('BENCH_FAULT_SECONDS', 8)
/** A client gives up after fifteen seconds, and a rep after two. */
const mostNotNowMs = 5_000
const dayMs = 24 * 60 * 60_000

interface Check {
  what: string
  count: number | string
  passed: boolean
}

/**
 * Breaks everything that may break. Prints the counts. Returns false when a promise was not kept.
 */
export async function faults(): Promise<boolean> {
  await clearLeftovers()
  const failed: string[] = []
  const scenarios = [
    killServers,
    killDatabase,
    restartDatabase,
    skewedClocks,
    replayed,
    poisoned,
    oneOfTwoKilled,
    fullDisk,
  ]
  for (const scenario of scenarios) {
    const { title, checks } = await scenario()
    printTable(
      title,
      ['', 'count', ''],
      checks.map(({ what, count, passed }) => [
        what,
        typeof count === 'number' ? count.toLocaleString('en') : count,
        passed ? 'PASS' : 'FAIL',
      ]),
    )
    failed.push(...checks.filter(({ passed }) => !passed).map(({ what }) => `${title}: ${what}`))
  }
  console.log(failed.length === 0 ? '\nFaults: PASS' : `\nFaults: FAIL\n  ${failed.join('\n  ')}`)
  return failed.length === 0
}

type Outcome = Promise<{ title: string; checks: Check[] }>

async function on(
  servers: number,
  title: string,
  work: (ground: FaultGround) => Promise<Check[]>,
): Outcome {
  const ground = await openFaultGround({ servers })
  try {
    return { title, checks: await work(ground) }
  } finally {
    await ground.close()
  }
}

const killServers = () =>
  on(1, 'kill -9 of the server while events flow', async (ground) => {
    const traffic = startTraffic(ground)
    const cutOff = await killAgainAndAgain(ground, traffic, { server: 0, kills: serverKills })
    await sleep(500)
    await traffic.stop()
    return [
      judge('kills that cut a request off', `${cutOff} of ${serverKills}`, cutOff > 0),
      ...(await promises(ground)),
      ...answers(traffic),
    ]
  })

/** Kills something while requests are under way. Returns how often a reader noticed. */
async function killAgainAndAgain(
  ground: FaultGround,
  traffic: Traffic,
  { server, kills }: { server: number; kills: number },
): Promise<number> {
  let cutOff = 0
  for (let kill = 0; kill < kills; kill++) {
    await untilAcknowledged(ground)
    await sleep(Math.random() * 500)
    const before = traffic.cutOff
    await ground.killServer(server)
    await until(() => traffic.cutOff > before, 200)
    if (traffic.cutOff > before) cutOff += 1
    await ground.startServer(server)
  }
  return cutOff
}

const killDatabase = () =>
  on(
    1,
    'kill -9 of every process of PostgreSQL while events flow; the server goes on',
    async (ground) => {
      const traffic = startTraffic(ground)
      let slowest = 0
      for (let kill = 0; kill < databaseKills; kill++) {
        await sleep(500 + Math.random() * 1_000)
        await ground.database.kill()
        await sleep(300)
        await ground.database.start()
        slowest = Math.max(slowest, await untilAcknowledged(ground))
      }
      await traffic.stop()
      return [
        count('kills', databaseKills),
        ...(await promises(ground)),
        ...answers(traffic),
        judge(
          'longest wait for a "not now", ms',
          Math.round(traffic.longestNotNowMs),
          traffic.longestNotNowMs <= mostNotNowMs,
        ),
        judge('longest until events were taken again, ms', Math.round(slowest), slowest <= 10_000),
      ]
    },
  )

const restartDatabase = () =>
  on(1, 'PostgreSQL away for five seconds, orderly', async (ground) => {
    const traffic = startTraffic(ground)
    await sleep(1_000)
    await ground.database.restart(5_000)
    const back = await untilAcknowledged(ground)
    await sleep(1_000)
    await traffic.stop()
    return [
      count('requests', traffic.requests),
      judge('told "not now" (503, 429)', traffic.notNow, traffic.notNow > 0),
      judge(
        'longest wait for it, ms',
        Math.round(traffic.longestNotNowMs),
        traffic.longestNotNowMs <= mostNotNowMs,
      ),
      judge('until events were taken again, ms', Math.round(back), back <= 10_000),
      ...(await promises(ground)),
      ...answers(traffic),
    ]
  })

const skewedClocks = () =>
  on(1, 'phones whose clock is a day ahead, and a day behind', async (ground) => {
    const ahead = startTraffic(ground, { skewMs: dayMs })
    const behind = startTraffic(ground, { skewMs: -dayMs })
    await sleep(secondsEach * 1_000)
    await Promise.all([ahead.stop(), behind.stop()])
    // `storyOf` puts events into the last minute. By our clock they must lie in the last minutes
    // too.
    const { rows } = await ground.database.pool.query<{ wrong: number }>(
      `select count(*)::int as wrong from events where occurred_at not between received_at - interval '90 seconds' and received_at`,
    )
    const wrong = required(rows[0]).wrong
    return [
      judge('events at the wrong time', wrong, wrong === 0),
      ...(await promises(ground)),
      ...answers(ahead),
      ...answers(behind),
    ]
  })

const replayed = () =>
  on(1, 'a batch that is sent again a week later', async (ground) => {
    const { database, readers, origins } = ground
    const { token, shareIds } = required(readers[0])
    const events = storyOf(makeDice(3), shareIds)(100)
    const send = async (shiftMs: number) => {
      const moved = events.map((event) => ({
        ...event,
        occurredAt: new Date(Date.parse(event.occurredAt) - shiftMs).toISOString(),
      }))
      const answer = await fetch(`${origins[0]}/api/track`, {
        method: 'POST',
        headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
        body: JSON.stringify({ sentAt: new Date().toISOString(), events: moved }),
      })
      return (await answer.json()) as { accepted?: number }
    }
    const look = async () =>
      JSON.stringify((await database.pool.query('select * from moments order by id')).rows)
    const first = await send(0)
    // The week passes: everything stored becomes a week older.
    await database.pool.query(
      `update events set occurred_at = occurred_at - interval '7 days',
        reported_at = reported_at - interval '7 days',
        received_at = received_at - interval '7 days';
       update moments set occurred_at = occurred_at - interval '7 days',
         updated_at = updated_at - interval '7 days', ended_at = ended_at - interval '7 days'`,
    )
    const before = await look()
    const again = await send(7 * dayMs)
    const { rows } = await database.pool.query<{ events: number }>(
      'select count(*)::int as events from events',
    )
    const stored = required(rows[0]).events
    return [
      judge(
        'accepted the first time',
        first.accepted ?? 'nothing',
        first.accepted === events.length,
      ),
      judge('accepted again', again.accepted ?? 'nothing', again.accepted === events.length),
      judge('events in the table', stored, stored === events.length),
      judge(
        'moments that changed',
        before === (await look()) ? 0 : 'some',
        before === (await look()),
      ),
    ]
  })

const poisoned = () =>
  on(1, 'bad events in every batch', async (ground) => {
    const traffic = startTraffic(ground, {
      batch: 15,
      poison: (dice) =>
        poison(dice, ground.foreignShareId, required(ground.readers[0]).shareIds[0] ?? ''),
    })
    await sleep(secondsEach * 1_000)
    await traffic.stop()
    return [
      judge('bad events that were refused', traffic.refused, traffic.refused > 0),
      ...(await promises(ground)),
      ...answers(traffic),
    ]
  })

const oneOfTwoKilled = () =>
  on(2, 'two servers on one database, one of them killed again and again', async (ground) => {
    const traffic = startTraffic(ground)
    const kills = Math.max(1, Math.round(serverKills / 10))
    const cutOff = await killAgainAndAgain(ground, traffic, { server: 1, kills })
    await sleep(500)
    await traffic.stop()
    return [
      judge('kills that cut a request off', `${cutOff} of ${kills}`, cutOff > 0),
      ...(await promises(ground)),
      ...answers(traffic),
    ]
  })

async function fullDisk(): Outcome {
  const title = 'no space left for events'
  const disk = await ownDirectory('full')
  try {
    mount(disk, '48m')
  } catch (error) {
    await rm(disk, { recursive: true, force: true })
    const why = error instanceof Error ? error.message.trim().split('\n').at(-1) : ''
    return {
      title,
      checks: [
        {
          what: `SKIPPED: a small disk cannot be mounted here (${why}); as root on Linux it can`,
          count: '',
          passed: true,
        },
      ],
    }
  }
  const outcome = await on(1, title, (ground) => fillDisk(ground, disk)).finally(() => {
    // PostgreSQL has ended by now.
    execFileSync('umount', [disk])
  })
  await rm(disk, { recursive: true, force: true })
  return outcome
}

function mount(disk: string, size: string, ...more: string[]): void {
  execFileSync('mount', ['-t', 'tmpfs', '-o', [`size=${size}`, ...more].join(','), 'tmpfs', disk], {
    stdio: 'pipe',
  })
}

/**
 * Fills the disk of the events. When the log of changes has no room either, PostgreSQL itself
 * stops, and the operator must mend that.
 */
async function fillDisk(ground: FaultGround, disk: string): Promise<Check[]> {
  const { pool, owner } = ground.database
  const space = join(disk, 'events')
  await mkdir(space, { mode: 0o700 })
  await chown(space, owner.uid, owner.gid)
  await pool.query(`create tablespace little location '${space}'`)
  const { rows: tables } = await pool.query<{ name: string }>(
    `select inhrelid::regclass::text as name from pg_inherits where inhparent = 'events'::regclass`,
  )
  for (const { name } of tables) {
    const { rows: indexes } = await pool.query<{ index: string }>(
      `select indexrelid::regclass::text as index from pg_index where indrelid = '${name}'::regclass`,
    )
    await pool.query(`alter table ${name} set tablespace little`)
    for (const { index } of indexes) await pool.query(`alter index ${index} set tablespace little`)
  }
  const traffic = startTraffic(ground, { batch: 100 })
  const full = await until(() => traffic.notNow >= 20, 120_000)
  await sleep(1_000)
  mount(disk, '400m', 'remount')
  const back = await untilAcknowledged(ground)
  await sleep(1_000)
  await traffic.stop()
  const result = [
    judge('told "not now" (503, 429)', traffic.notNow, full),
    judge(
      'longest wait for it, ms',
      Math.round(traffic.longestNotNowMs),
      traffic.longestNotNowMs <= mostNotNowMs,
    ),
    judge(
      'until events were taken again once there was room, ms',
      Math.round(back),
      back <= 10_000,
    ),
    ...(await promises(ground)),
    ...answers(traffic),
  ]
  return result
}

/** Checks the promises that must hold after every fault. */
async function promises({ witness }: FaultGround): Promise<Check[]> {
  const { sent, acknowledged } = witness.count()
  const lost = await witness.lost()
  const surplus = await witness.surplus()
  const { moments, wrong, examples } = await witness.wrongMoments()
  for (const example of examples) console.log(`  ${example}`)
  return [
    count('events sent', sent),
    judge('events acknowledged', acknowledged, acknowledged > 0),
    judge('acknowledged events that are lost', lost, lost === 0),
    judge('events that nobody sent, or twice', surplus, surplus === 0),
    count('moments', moments),
    judge('moments that are not what their events say', wrong, wrong === 0),
  ]
}

function answers({ strange, misjudged, notNow, cutOff, notReached }: Traffic): Check[] {
  return [
    count('requests cut off', cutOff),
    count('requests that reached nobody', notReached),
    count('requests told "not now"', notNow),
    judge('events judged wrongly', misjudged, misjudged === 0),
    judge(
      'strange answers',
      strange.size === 0 ? 0 : [...strange].map(([what, times]) => `${times} × ${what}`).join(', '),
      strange.size === 0,
    ),
  ]
}

function count(what: string, value: number): Check {
  return { what, count: value, passed: true }
}

function judge(what: string, value: number | string, passed: boolean): Check {
  return { what, count: value, passed }
}

/** Returns the milliseconds until one more batch is acknowledged. */
async function untilAcknowledged({ witness }: FaultGround): Promise<number> {
  const before = witness.count().acknowledged
  const begun = performance.now()
  await until(() => witness.count().acknowledged > before, 60_000)
  return performance.now() - begun
}

async function until(holds: () => boolean, ms: number): Promise<boolean> {
  for (const end = performance.now() + ms; performance.now() < end; await sleep(10))
    if (holds()) return true
  return false
}

/**
 * Returns events that mistaken people or attackers may send. An odd optional detail is not among
 * them: it is dropped or cut, and the event stays.
 */
function poison(dice: Dice, foreignShareId: string, shareId: string): unknown[] {
  const [good] = storyOf(dice, [shareId])(1)
  const progress = { ...good, kind: 'view.progress', activeSeconds: 1 }
  // Without the fields that the kind does not know.
  delete (progress as { item?: string }).item
  delete (progress as { depth?: object }).depth
  const id = crypto.randomUUID()
  const kinds: (() => unknown)[] = [
    () => ({ ...progress, kind: 'view.explode' }),
    () => ({ ...progress, kind: "'; drop table events; --" }),
    () => ({ ...progress, kind: '__proto__' }),
    () => ({ ...progress, kind: 'menu.click', item: '\ud800', activeSeconds: undefined }),
    () => ({ ...progress, activeSeconds: 1e308 }),
    () => ({ ...progress, activeSeconds: -1 }),
    () => ({ ...progress, activeSeconds: '12' }),
    () => ({ ...progress, activeSeconds: null }),
    () => ({ ...progress, shareId: foreignShareId }),
    () => ({ ...progress, shareId: id }),
    () => ({ ...progress, shareId: 'not an id' }),
    () => ({ ...progress, id }),
    () => ({ ...progress, visitId: `${good?.visitId}'` }),
    () => ({ ...progress, occurredAt: '2026-02-30T00:00:00.000Z' }),
    () => ({ ...progress, occurredAt: new Date(Date.now() - 400 * dayMs).toISOString() }),
    () => ({ ...progress, occurredAt: new Date(Date.now() + 400 * dayMs).toISOString() }),
    () => null,
    () => 'an event',
    () => [progress],
  ]
  return Array.from({ length: 5 }, () => dice.pick(kinds)())
}
