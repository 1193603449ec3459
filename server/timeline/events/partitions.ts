import type { Context } from '../../base/context.ts'
import type { Job } from '../../base/db/jobs.ts'

/**
 * Months ahead and back that get a partition of their own. Other events go to the default
 * partition, such as those of phones with a wrong clock.
 */
const monthsBack = 3
const monthsAhead = 2
const day = 24 * 60 * 60_000

/**
 * Makes the partitions of coming months, and drops raw events that are older than the installation
 * keeps them.
 */
export const eventPartitions: Job = {
  name: 'event-partitions',
  everyMs: 6 * 60 * 60_000,
  async run(ctx) {
    await makePartitions(ctx)
    await dropExpired(ctx)
  },
}

interface Month {
  name: string
  /** The smallest id of the month: a UUIDv7 begins with its milliseconds. */
  from: string
  to: string
}

function monthAt(time: Date, offset = 0): Month {
  const start = (more: number) =>
    new Date(Date.UTC(time.getUTCFullYear(), time.getUTCMonth() + offset + more))
  const name = `events_${start(0).toISOString().slice(0, 7).replace('-', '_')}`
  return { name, from: leastId(start(0)), to: leastId(start(1)) }
}

function leastId(time: Date): string {
  const hex = time.getTime().toString(16).padStart(12, '0')
  return `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`
}

async function makePartitions(ctx: Context): Promise<void> {
  const known = new Set((await partitions(ctx)).map(({ name }) => name))
  for (let offset = -monthsBack; offset <= monthsAhead; offset += 1) {
    const month = monthAt(ctx.clock.now(), offset)
    if (!known.has(month.name)) await makePartition(ctx, month)
  }
}

/**
 * Makes the partition of a month. Its events may be in the default partition already. They move,
 * and nobody adds to the default partition meanwhile.
 */
async function makePartition(ctx: Context, { name, from, to }: Month): Promise<void> {
  const client = await ctx.adHoc.$client.connect()
  try {
    await client.query('begin')
    await client.query(`set local lock_timeout = '5s'`)
    await client.query('lock table events_default in access exclusive mode')
    await client.query(`create table ${name} (like events including all)`)
    await client.query(
      `with moved as (delete from events_default where id >= '${from}' and id < '${to}' returning *) insert into ${name} select * from moved`,
    )
    await client.query(
      `alter table events attach partition ${name} for values from ('${from}') to ('${to}')`,
    )
    await client.query('commit')
  } catch (error) {
    await client.query('rollback').catch(() => undefined)
    throw error
  } finally {
    client.release()
  }
}

async function dropExpired(ctx: Context): Promise<void> {
  const { eventRetentionDays: days } = ctx.config
  if (days === 0) return
  const expired = new Date(ctx.clock.now().getTime() - days * day)
  for (const { name, month } of await partitions(ctx)) {
    if (monthAt(month).to > leastId(expired)) continue
    const client = await ctx.adHoc.$client.connect()
    try {
      // The next turn tries again; other transactions must not wait behind us.
      await client.query(`set lock_timeout = '2s'`)
      await client.query(`drop table ${name}`)
      ctx.log.info({ partition: name }, 'raw events beyond their retention were dropped')
    } finally {
      await client.query('reset lock_timeout').catch(() => undefined)
      client.release()
    }
  }
  await ctx.adHoc.$client.query('delete from events_default where received_at < $1', [expired])
}

/** Returns the months that have a partition. */
async function partitions(ctx: Context): Promise<{ name: string; month: Date }[]> {
  const { rows } = await ctx.adHoc.$client.query<{ name: string }>(
    `select relname as name from pg_inherits join pg_class on pg_class.oid = inhrelid where inhparent = 'events'::regclass and relname ~ '^events_\\d{4}_\\d\\d$' order by relname`,
  )
  return rows.map(({ name }) => ({
    name,
    month: new Date(`${name.slice(7, 11)}-${name.slice(12)}-01T00:00:00.000Z`),
  }))
}

/**
 * Returns the time since when every moment has all of its events. Events of older moments may have
 * been dropped. A visit lasts a day at most. Null means that every event was kept.
 */
export function wholeSince(ctx: Context): Date | null {
  const { eventRetentionDays: days } = ctx.config
  return days === 0 ? null : new Date(ctx.clock.now().getTime() - (days - 2) * day)
}
