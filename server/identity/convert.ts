import { and, eq, gt } from 'drizzle-orm'
import type { Context } from '../context.ts'
import { onceValues } from '../db/tables.ts'
import { join, settling } from './merge.ts'
import { ensureIdentity } from './seen.ts'
import { identitiesOfPersons, identityById } from './store.ts'

interface Visitor {
  corpId: string
  identityId: string
  openid: string
  unionid: string
}

/** Sign-in waits this long for WeCom; the answer is used when it comes, all the same. */
const patienceMs = 2_000
/** "Do not query repeatedly" (WW-97108): somebody who is no contact yet is asked about again after this. */
const askAgainAfterMs = 60 * 60_000
const retryAfterMs = 60_000

/** What is remembered of a conversion that joined nobody: one row per visitor, so that no process asks again too soon. */
const memory = 'unionid_conversion'

/**
 * Own-app mode: WeCom says which contact a unionid is (WW-93274), which joins visitor and contact and back-fills what the visitor did before.
 * Never throws: who a visitor is must not decide whether they may read.
 */
export async function convertUnionid(ctx: Context, visitor: Visitor): Promise<void> {
  const conversion = convert(ctx, visitor).catch((error: unknown) => {
    ctx.log.error({ err: error, identity: visitor.identityId }, 'unionid conversion failed')
  })
  let timer: NodeJS.Timeout | undefined
  const patience = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, patienceMs)
  })
  await Promise.race([conversion, patience])
  clearTimeout(timer)
}

async function convert(ctx: Context, visitor: Visitor): Promise<void> {
  const { corpId, identityId, openid, unionid } = visitor
  if ((await isContact(ctx, visitor)) || (await wasAskedLately(ctx, visitor))) return
  let externalUserId: string | null
  try {
    externalUserId = await ctx.wecom.unionidToExternalUserid({ unionid, openid })
  } catch (error) {
    ctx.log.warn({ err: error, identity: identityId }, 'WeCom did not convert a unionid; trying again at a later visit')
    await remember(ctx, visitor, 'failed', retryAfterMs)
    return
  }
  if (externalUserId === null) {
    await remember(ctx, visitor, 'no_contact', askAgainAfterMs)
    return
  }
  const value = externalUserId
  const joining = await settling(ctx.db, async (tx) => {
    const contact = await ensureIdentity(ctx, tx, { corpId, kind: 'external_userid', scope: corpId, value })
    return join(ctx, tx, [contact.id, identityId], 'unionid_conversion')
  })
  if (joining === 'asked' || joining === 'apart') await remember(ctx, visitor, 'apart', askAgainAfterMs)
}

async function isContact(ctx: Context, { corpId, identityId }: Visitor): Promise<boolean> {
  const own = await identityById(ctx.db, identityId)
  if (!own) return false
  const all = await identitiesOfPersons(ctx.db, [own.personId])
  return all.some((row) => row.kind === 'external_userid' && row.scope === corpId)
}

function rememberedAs({ corpId, identityId, unionid }: Visitor): string {
  return `${corpId}/${identityId}/${unionid}`
}

async function wasAskedLately(ctx: Context, visitor: Visitor): Promise<boolean> {
  const rows = await ctx.db
    .select({ value: onceValues.value })
    .from(onceValues)
    .where(and(eq(onceValues.kind, memory), eq(onceValues.value, rememberedAs(visitor)), gt(onceValues.expiresAt, ctx.clock.now())))
  return rows.length > 0
}

async function remember(ctx: Context, visitor: Visitor, result: 'no_contact' | 'failed' | 'apart', forMs: number): Promise<void> {
  const row = { payload: { result }, expiresAt: new Date(ctx.clock.now().getTime() + forMs) }
  await ctx.db
    .insert(onceValues)
    .values({ kind: memory, value: rememberedAs(visitor), ...row })
    .onConflictDoUpdate({ target: [onceValues.kind, onceValues.value], set: row })
}
