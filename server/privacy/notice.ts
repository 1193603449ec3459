import type { PrivacyNotice } from '../../shared/contract/privacy.ts'
import type { Context } from '../base/context.ts'
import { corpName } from '../connections/index.ts'

/**
 * Returns who answers for the data of this corp's visitors, and for how long it is kept. The days
 * are those by which the jobs delete, so the page cannot promise anything else.
 */
export function noticeOf(ctx: Pick<Context, 'config' | 'memory'>, corpId: string): PrivacyNotice {
  const { privacy, eventRetentionDays, callbackRetentionDays } = ctx.config
  return {
    controller: privacy.controller ?? corpName(ctx, corpId),
    contact: privacy.contact,
    reportDays: eventRetentionDays === 0 ? null : eventRetentionDays,
    pushDays: callbackRetentionDays === 0 ? null : callbackRetentionDays,
  }
}
