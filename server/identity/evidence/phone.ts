import type { Context } from '../../base/context.ts'
import { findConnection } from '../../connections/index.ts'
import { isErrcode } from '../../platforms/platform-error.ts'
import type { MiniprogramClient } from '../../platforms/wechat/miniprogram.ts'
import { fail, Problem } from '../../base/problem.ts'
import type { VisitorSubject } from '../../base/http/session/sessions.ts'
import { ask, noteOnce, objection } from './evidence.ts'
import { proveNumber } from './numbers.ts'
import { comparableNumbers } from '../../../shared/rules/phone-number.ts'
import { internationalNumber, nationalNumber } from '../../base/phone-number.ts'
import { maskedLabel } from '../../base/masked.ts'
import { identitiesOfPersons, identityById, phonesAmong, type IdentityRow } from '../store.ts'
import type { Transaction } from '../../base/db/database.ts'

/**
 * Stores the visitor's own number, proved by WeChat. Visitors of other apps who proved the same
 * number are the same human, unless that contradicts what is known (numbers.ts).
 * @throws Problem `phone_code_invalid`, `app_unknown` for a visitor who did not come through a mini
 * program of the corp, or the platform's
 */
export async function phoneOf(
  ctx: Context,
  { corpId, identityId }: VisitorSubject,
  code: string,
): Promise<{ phone: string; masked: string }> {
  const visitor = await identityById(ctx.db, identityId)
  const miniprogram =
    visitor?.kind === 'openid'
      ? findConnection(ctx, 'miniprogram', { corpId, platformId: visitor.scope })
      : null
  if (!visitor || !miniprogram) fail('app_unknown', 'Only a mini program may ask')
  const value = await askNumber(miniprogram.client, visitor.value, code)
  await proveNumber(ctx, { corpId, identityId }, value)
  return { phone: nationalNumber(value), masked: maskedLabel('phone', value) }
}

async function askNumber(client: MiniprogramClient, openid: string, code: string): Promise<string> {
  try {
    const { pure, countryCode } = await client.phoneNumber({ openid, code })
    return internationalNumber(pure, countryCode)
  } catch (error) {
    // 40029: unknown, used, or older than five minutes. 40003: given to another visitor.
    if (isErrcode(error, 40029, 40003))
      throw new Problem('phone_code_invalid', error.message, { cause: error })
    throw error
  }
}

/**
 * Compares numbers that reps noted for contacts with numbers that visitors proved. A match is too
 * little to join the two (it may be the company's number), but enough to ask. In customized mode
 * the rule never fires: since 2025-12-18 WeCom gives noted numbers to a corp's own apps only
 * (WW-96307).
 */
export async function weighNotedPhones(
  ctx: Context,
  tx: Transaction,
  contact: IdentityRow,
  noted: readonly string[],
): Promise<void> {
  const values = [...new Set(noted.flatMap(comparableNumbers))]
  if (values.length === 0) return
  const { corpId } = contact
  for (const phone of await phonesAmong(tx, corpId, values)) {
    const pair: [string, string] = [contact.id, phone.id]
    const spoken = { corpId, pair, kind: 'noted_phone' as const }
    if (phone.personId === contact.personId) await noteOnce(ctx, tx, spoken, 'same')
    else if (
      (await objection(
        tx,
        await identitiesOfPersons(tx, [contact.personId]),
        await identitiesOfPersons(tx, [phone.personId]),
        'noted_phone',
      )) === 'different'
    )
      await noteOnce(ctx, tx, spoken, 'apart')
    else await ask(ctx, tx, spoken, 'noted')
  }
}
