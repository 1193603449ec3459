import type { Context } from '../../base/context.ts'
import type { Job } from '../../base/db/jobs.ts'
import { forgetExpired, remember, wasAskedLately } from './asked-lately.ts'
import { joinAndWeigh } from '../evidence/numbers.ts'
import { settling } from '../merge/merge.ts'
import {
  dropExpired,
  dropPending,
  identitiesPendingAs,
  somebodyIsPending,
} from './pending-store.ts'
import { ensureIdentity } from '../attach.ts'
import { isMadeByProvider, wecomOf } from '../../connections/index.ts'

const day = 24 * 60 * 60_000
/**
 * When a contact who matched no pending visitor is asked about again. It need not be sooner:
 * visitors who come later are asked about when the contact is one already.
 */
const askAgainAfterMs = 90 * day
const retryAfterMs = 60_000
/** WW-97108 */
const mostAtOnce = 100

export interface Newcomers {
  corpId: string
  externalUserIds: readonly string[]
  /** The group in which they were met: WeCom is then asked for the group's people (WW-97108). */
  chatId?: string
}

/**
 * Customized apps: recognizes people who became contacts, or joined a customer group. An earlier
 * visitor has a pending id, and WeCom says which of them has it.
 * @throws PlatformError when WeCom cannot be asked
 */
export async function recognize(
  ctx: Context,
  { corpId, externalUserIds, chatId }: Newcomers,
): Promise<void> {
  if (!isMadeByProvider(ctx, corpId)) return
  if (!(await somebodyIsPending(ctx.db, corpId, ctx.clock.now()))) return
  for (let from = 0; from < externalUserIds.length; from += mostAtOnce) {
    const some = externalUserIds.slice(from, from + mostAtOnce)
    const found = await wecomOf(ctx, corpId).pendingIdsOf({
      externalUserIds: some,
      ...(chatId !== undefined && { chatId }),
    })
    for (const { externalUserId, pendingId } of found)
      await match(ctx, { corpId, externalUserId, pendingId })
    // A group says nothing about contacts of members outside of it, so we remember no answer.
    if (chatId === undefined) {
      for (const id of some)
        await remember(ctx, 'pending_id_conversion', {
          value: `${corpId}/${id}`,
          result: 'asked',
          forMs: askAgainAfterMs,
        })
    }
  }
}

async function match(
  ctx: Context,
  {
    corpId,
    externalUserId,
    pendingId,
  }: { corpId: string; externalUserId: string; pendingId: string },
): Promise<void> {
  for (const identityId of await identitiesPendingAs(ctx.db, corpId, pendingId, ctx.clock.now())) {
    await settling(ctx.db, async (tx) => {
      const contact = await ensureIdentity(ctx, tx, {
        corpId,
        kind: 'external_userid',
        scope: corpId,
        value: externalUserId,
      })
      const joining = await joinAndWeigh(ctx, tx, [contact.id, identityId], 'pending_id')
      // When a human must decide, the id stays, so that WeCom is not asked about the visitor again.
      if (joining === 'joined' || joining === 'same') await dropPending(tx, identityId)
    })
  }
}

/**
 * Does the same for a contact whom a rep looks at, once for each contact. It never throws, because
 * a rep's page does not depend on it.
 */
export async function recognizeSeen(
  ctx: Context,
  { corpId, externalUserId }: { corpId: string; externalUserId: string },
): Promise<void> {
  if (!isMadeByProvider(ctx, corpId)) return
  const remembered = `${corpId}/${externalUserId}`
  if (await wasAskedLately(ctx, 'pending_id_conversion', remembered)) return
  try {
    await recognize(ctx, { corpId, externalUserIds: [externalUserId] })
  } catch (error) {
    ctx.log.warn(
      { err: error, externalUserId },
      'WeCom did not say who a contact was before; trying again later',
    )
    await remember(ctx, 'pending_id_conversion', {
      value: remembered,
      result: 'failed',
      forMs: retryAfterMs,
    })
  }
}

/**
 * Deletes pending ids that WeCom has forgotten too (WW-97108: 90 days), and questions that may be
 * asked again.
 */
export const forgetPendingIds: Job = {
  name: 'forget-pending-ids',
  everyMs: 60 * 60_000,
  async run(ctx) {
    await dropExpired(ctx.adHoc, ctx.clock.now())
    await forgetExpired(ctx)
  },
}
