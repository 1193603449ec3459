import { verifyPhone } from '../../shared/contract/identity.ts'
import { call } from './api.ts'
import { isWeixin } from './platform.ts'

/** WeChat tells a number to mini programs only, by a button of its own. */
export const canTellPhone = isWeixin

/**
 * What `<button open-type="getPhoneNumber">` says: a code when the customer agreed; none when they
 * refused or WeChat's quota is used up (1400001).
 */
export function phoneCodeOf(event: unknown): string | null {
  return (event as { detail: { code?: string } }).detail.code || null
}

/** The number as one types it. The code is good once, so a lost answer needs another tap. */
export async function tellPhone(code: string): Promise<string> {
  return (await call(verifyPhone, { body: { code } })).phone
}
