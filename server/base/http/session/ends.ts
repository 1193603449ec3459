import { lte, sql } from 'drizzle-orm'
import * as v from 'valibot'
import type { Context } from '../../context.ts'
import { transact } from '../../db/database.ts'
import type { Job } from '../../db/jobs.ts'
import { notify } from '../../db/listen.ts'
import { kept } from '../../kept.ts'
import { fail } from '../../problem.ts'
import { holderOf, type MemberSubject, type Session } from './sessions.ts'
import { endedSessions } from './tables.ts'

/**
 * The sessions that were ended before their time. Every request asks, so the answer comes from
 * memory: a process hears of each end, and reads the recent ones every few seconds besides. When it
 * could not read for a while, each request asks the database.
 */
export interface SessionEnds {
  /** Whether the session still counts. @throws Problem `unavailable` when that cannot be known */
  stands(session: Session): boolean | Promise<boolean>
  /** Calls `hear` with the holder of each session that ends. Returns a function that stops it. */
  onEnd(hear: (holder: string) => void): () => void
  /** Takes in what was just committed here, without waiting to hear it. */
  take(end: End): void
}

export const sessionEnds = kept<SessionEnds>('ended sessions')

const channel = 'session_ends'
const End = v.variant('kind', [
  v.object({ kind: v.literal('member'), holder: v.string(), notBefore: v.number() }),
  v.object({ kind: v.literal('session'), holder: v.string(), id: v.string(), until: v.number() }),
])
type End = v.InferOutput<typeof End>

const readEveryMs = 5_000
/** How old the last reading may be before we stop to rely on memory. */
const reliedOnMs = 15_000
/** Far longer than a commit of an end takes. */
const overlapSeconds = 300

export async function openSessionEnds({
  db,
  listener,
  clock,
  log,
  closing,
}: Pick<Context, 'db' | 'listener' | 'clock' | 'log' | 'closing'>): Promise<SessionEnds> {
  const notBefore = new Map<string, number>()
  const ended = new Map<string, number>()
  const hearers = new Set<(holder: string) => void>()
  /** By the clock of this process that nobody sets. */
  let readAt = -Infinity

  function take(end: End): void {
    if (end.kind === 'session') ended.set(end.id, end.until)
    else if (end.notBefore > (notBefore.get(end.holder) ?? 0))
      notBefore.set(end.holder, end.notBefore)
    for (const hear of hearers) hear(end.holder)
  }

  async function read(all: boolean): Promise<void> {
    const begun = performance.now()
    const { rows } = await db.$client.query<{ holder: string | null; key: string; at: string }>(
      `select corp_id || '/' || user_id as holder, '' as key,
         (extract(epoch from not_before) * 1000)::bigint::text as at
       from member_not_before where $1 or not_before > now() - make_interval(secs => $2)
       union all
       select null, id, (extract(epoch from expires_at) * 1000)::bigint::text
       from ended_sessions where $1 or ended_at > now() - make_interval(secs => $2)`,
      [all, overlapSeconds],
    )
    for (const { holder, key, at } of rows) {
      if (holder === null) ended.set(key, Number(at))
      else if (Number(at) > (notBefore.get(holder) ?? 0))
        take({ kind: 'member', holder, notBefore: Number(at) })
    }
    readAt = begun
    for (const [id, until] of ended) if (until <= clock.now().getTime()) ended.delete(id)
  }

  function readAgain(all: boolean): void {
    if (closing.aborted) return
    const isLongAgo = performance.now() - readAt > (overlapSeconds * 1000) / 2
    read(all || isLongAgo).catch((error: unknown) =>
      log.warn({ err: error }, 'the ended sessions could not be read; trying again'),
    )
  }

  await listener.subscribe(channel, (payload) => {
    const end = v.safeParse(v.pipe(v.string(), v.parseJson(), End), payload)
    // Another version of the server may tell in another form.
    if (end.success) take(end.output)
    else readAgain(true)
  })
  listener.onReconnect(() => readAgain(true))
  await read(true)
  const timer = setInterval(() => readAgain(false), readEveryMs).unref()
  closing.addEventListener('abort', () => clearInterval(timer), { once: true })

  async function ask(session: Session): Promise<boolean> {
    const { subject, id } = session
    const member = subject.kind === 'member' ? subject : null
    const { rowCount } = await db.$client
      .query({
        name: 'session-stands',
        text: `select from member_not_before where corp_id = $1 and user_id = $2
            and not_before > to_timestamp($3::double precision / 1000)
          union all select from ended_sessions where id = $4`,
        values: [subject.corpId, member?.userId ?? null, session.notBefore, id],
      })
      .catch((cause: unknown) =>
        fail('unavailable', 'The database cannot tell whether the session still counts', { cause }),
      )
    return rowCount === 0
  }

  return {
    stands(session) {
      if (performance.now() - readAt > reliedOnMs) return ask(session)
      return !ended.has(session.id) && (notBefore.get(session.holder) ?? 0) <= session.notBefore
    },
    onEnd(hear) {
      hearers.add(hear)
      return () => hearers.delete(hear)
    },
    take,
  }
}

/** Ends one session at once, on every process. */
export async function endSession(ctx: Context, session: Session): Promise<void> {
  const { id, holder, expiresAt: until } = session
  const end: End = { kind: 'session', holder, id, until }
  await transact(ctx.db, async (tx) => {
    await tx
      .insert(endedSessions)
      .values({ id, expiresAt: new Date(until) })
      .onConflictDoNothing()
    await notify(tx, channel, JSON.stringify(end))
  })
  ctx.memory.get(sessionEnds).take(end)
}

/** Ends every session that a member has now, on every process. Later ones count. */
export async function endMemberSessions(
  ctx: Context,
  { corpId, userId }: Pick<MemberSubject, 'corpId' | 'userId'>,
): Promise<void> {
  const holder = holderOf({ kind: 'member', corpId, userId })
  const end = await transact(ctx.db, async (tx): Promise<End> => {
    const { rows } = await tx.execute<{ at: string }>(
      sql`insert into member_not_before as own (corp_id, user_id, not_before)
        values (${corpId}, ${userId}, date_trunc('milliseconds', clock_timestamp()))
        on conflict (corp_id, user_id) do update set not_before =
          greatest(excluded.not_before, own.not_before + interval '1 millisecond')
        returning (extract(epoch from not_before) * 1000)::bigint::text as at`,
    )
    const notBefore = Number(rows[0]?.at)
    await notify(tx, channel, JSON.stringify({ kind: 'member', holder, notBefore }))
    return { kind: 'member', holder, notBefore }
  })
  ctx.memory.get(sessionEnds).take(end)
}

/**
 * Returns the not-before time that a new session of the member begins with. Read it before the
 * platform is asked about the member, so that an end meanwhile ends the new session too.
 */
export async function notBeforeOf(
  { db }: Pick<Context, 'db'>,
  { corpId, userId }: Pick<MemberSubject, 'corpId' | 'userId'>,
): Promise<number> {
  const { rows } = await db.$client.query<{ at: string }>(
    `select (extract(epoch from not_before) * 1000)::bigint::text as at from member_not_before
     where corp_id = $1 and user_id = $2`,
    [corpId, userId],
  )
  return Number(rows[0]?.at ?? 0)
}

/** Not-before times stay: they are one row for each member who ever left. */
export const forgetEnds: Job = {
  name: 'forget-ended-sessions',
  everyMs: 60 * 60_000,
  async run({ adHoc, clock }) {
    await adHoc.delete(endedSessions).where(lte(endedSessions.expiresAt, clock.now()))
  },
}
