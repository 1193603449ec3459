import { createHash } from 'node:crypto'
import { keepAmong } from '../base/bounded.ts'
import type { Context } from '../base/context.ts'
import { kept } from '../base/kept.ts'
import { Problem } from '../base/problem.ts'
import { type Budget, makeBudget } from '../platforms/budget.ts'
import { within } from '../platforms/deadline.ts'

/**
 * How many wrong codes one address may send. Anybody can invent codes, and each costs a call. A
 * whole office behind one address sends good ones, which cost nothing here.
 */
const mostWrong = { points: 60, forMs: 60_000 }
/** Codes live five minutes (WW-91022), so a wrong one stays wrong. */
const rememberedMs = 10 * 60_000
const mostRemembered = 20_000

/** What a process keeps about the exchange of login codes. */
export interface Codes {
  readonly patienceMs: number
  readonly inVain: Budget
  readonly wrong: Map<string, number>
}

export const codes = kept<Codes>('login codes')

export function openCodes(patienceMs: number): Codes {
  return { patienceMs, inVain: makeBudget(mostWrong), wrong: new Map() }
}

export interface LoginCode {
  /** The app that the code is for. */
  app: string
  code: string
  /** The caller's address. */
  ip: string
}

/**
 * Exchanges a login code for what `exchange` returns, within the time that a person waits.
 * @throws Problem `code_invalid`, `too_many_requests`, `platform_unreachable`, the platform's
 */
export async function exchangeCode<T>(
  ctx: Context,
  { app, code, ip }: LoginCode,
  exchange: () => Promise<T>,
): Promise<T> {
  const { patienceMs, inVain, wrong } = ctx.memory.get(codes)
  const now = ctx.clock.now().getTime()
  const key = createHash('sha256').update(`${app}/${code}`).digest('base64url')
  if ((wrong.get(key) ?? 0) > now)
    throw new Problem('code_invalid', 'The code was refused a moment ago')
  try {
    return await inVain.spend(ip, now, () => within(patienceMs, exchange()), isWrongCode)
  } catch (error) {
    if (isWrongCode(error)) keepAmong(wrong, mostRemembered, key, now + rememberedMs)
    throw error
  }
}

function isWrongCode(error: unknown): boolean {
  return error instanceof Problem && error.code === 'code_invalid'
}
