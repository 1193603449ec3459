import type { Context } from '../../base/context.ts'
import { isErrcode } from '../../platforms/platform-error.ts'
import type { ConvertedUnionid } from '../../platforms/wecom/client.ts'
import { remember, wasAskedLately } from './asked-lately.ts'
import { joinAndWeigh } from '../evidence/numbers.ts'
import { settling } from '../merge/merge.ts'
import { isPending, keepPending } from './pending-store.ts'
import { ensureIdentity } from '../attach.ts'
import { isMadeByProvider, wecomOf } from '../../connections/index.ts'
import { ownGroups, tiesOf } from '../merge/ties.ts'
import { identityById } from '../store.ts'

interface Visitor {
  corpId: string
  identityId: string
  openid: string
  unionid: string
}

/** How long a sign-in waits for WeCom. A later answer is used all the same. */
const patienceMs = 2_000
/**
 * When a visitor without a contact is asked about again: "Do not query repeatedly" (WW-97108).
 */
const askAgainAfterMs = 60 * 60_000
const retryAfterMs = 60_000
/** WW-97108 */
const pendingMs = 90 * 24 * 60 * 60_000
/**
 * The unionid, its account or the account's owner does not fit. Asking again at once would not help
 * (errcode list).
 */
const wrongAccount = [610014, 610015, 610017, 610018] as const

/**
 * Asks WeCom which contact a unionid is (WW-93274; for customized apps WW-97108). The answer joins
 * visitor and contact, so the contact's timeline shows the visitor's past. It never throws: an
 * unknown visitor may read all the same.
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
  const remembered = `${corpId}/${identityId}/${unionid}`
  if (
    (await isKnown(ctx, visitor)) ||
    (await wasAskedLately(ctx, 'unionid_conversion', remembered))
  )
    return
  let converted: ConvertedUnionid | null
  try {
    converted = await wecomOf(ctx, corpId).convertUnionid({ unionid, openid })
  } catch (error) {
    ctx.log.warn(
      { err: error, identity: identityId },
      'WeCom did not convert a unionid; trying again at a later visit',
    )
    const pause = isErrcode(error, ...wrongAccount) ? askAgainAfterMs : retryAfterMs
    await remember(ctx, 'unionid_conversion', {
      value: remembered,
      result: 'failed',
      forMs: pause,
      of: identityId,
    })
    return
  }
  if (converted === null) {
    await remember(ctx, 'unionid_conversion', {
      value: remembered,
      result: 'no_contact',
      forMs: askAgainAfterMs,
      of: identityId,
    })
    return
  }
  if ('pendingId' in converted) {
    const expiresAt = new Date(ctx.clock.now().getTime() + pendingMs)
    await keepPending(ctx.db, { corpId, identityId, pendingId: converted.pendingId, expiresAt })
    return
  }
  const { externalUserId } = converted
  const joining = await settling(ctx.db, async (tx) => {
    const contact = await ensureIdentity(ctx, tx, {
      corpId,
      kind: 'external_userid',
      scope: corpId,
      value: externalUserId,
    })
    return joinAndWeigh(ctx, tx, [contact.id, identityId], 'unionid_conversion')
  })
  if (joining !== 'joined')
    await remember(ctx, 'unionid_conversion', {
      value: remembered,
      result: joining,
      forMs: askAgainAfterMs,
      of: identityId,
    })
}

/** Whether the visitor is a contact, or has a pending id by which WeCom will name the contact. */
async function isKnown(ctx: Context, { corpId, identityId }: Visitor): Promise<boolean> {
  const own = await identityById(ctx.db, identityId)
  if (!own) return false
  // Neither a number nor a member's word makes a visitor a contact for good.
  const all = ownGroups(await tiesOf(ctx.db, own.personId), 'numbers').with(identityId)
  if (all.some((row) => row.kind === 'external_userid' && row.scope === corpId)) return true
  const ids = all.map(({ id }) => id)
  return isMadeByProvider(ctx, corpId) && isPending(ctx.db, ids, ctx.clock.now())
}
