import { verifyPhone } from '../../shared/contract/identity.ts'
import { call } from './api.ts'
import { isWeixin } from './platform.ts'

/** Whether the platform can tell the number: only mini programs have WeChat's button. */
export const canTellPhone = isWeixin

/**
 * The event of `<button open-type="getPhoneNumber">`. It has a code when the customer agreed. It
 * has none after a refusal, or when WeChat's quota is used up (1400001).
 */
export function phoneCodeOf(event: unknown): string | null {
  return (event as { detail: { code?: string } }).detail.code || null
}

/**
 * Returns the number as people type it. The code works once, so a lost answer needs another tap.
 */
export async function tellPhone(code: string): Promise<string> {
  return (await call(verifyPhone, { body: { code } })).phone
}
