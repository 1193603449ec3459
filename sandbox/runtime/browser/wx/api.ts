import { logError } from '../log.ts'
/** Why a function of `wx` failed: WeChat's words behind `name:fail `. */
export class Refused extends Error {
  readonly more: { errno?: number; errCode?: number }

  /** Older functions call their number `errCode`. */
  constructor(reason: string, errno?: number, name: 'errno' | 'errCode' = 'errno') {
    super(reason)
    this.more = errno === undefined ? {} : { [name]: errno }
  }
}

export interface Callbacks {
  success?: (result: object) => void
  fail?: (result: object) => void
  complete?: (result: object) => void
}

export type Options = Callbacks & Record<string, unknown>
export type Run = (options: Options) => object | void | Promise<object | void>
export type WxFunction = (options?: Options) => unknown

/**
 * Functions that answer by callbacks, or by a promise when none is given. They answer later, never
 * within the call.
 */
export function asynchronous(functions: Record<string, Run>): Record<string, WxFunction> {
  return Object.fromEntries(
    Object.entries(functions).map(([name, run]) => [
      name,
      (options) => settle(name, options ?? {}, run),
    ]),
  )
}

/**
 * As `asynchronous`, but what is asked for is done within the call: a mini program that is closed
 * at that moment has done it.
 */
export function prompt(
  functions: Record<string, (options: Options) => object | void>,
): Record<string, WxFunction> {
  const doNow = (run: (options: Options) => object | void, options: Options): Run => {
    try {
      const result = run(options)
      return () => result
    } catch (error) {
      return () => {
        throw error
      }
    }
  }
  return Object.fromEntries(
    Object.entries(functions).map(([name, run]) => [
      name,
      (options = {}) => settle(name, options, doNow(run, options)),
    ]),
  )
}

export function settle(name: string, options: Options, run: Run): Promise<object> | undefined {
  const { success, fail, complete } = options
  const outcome = new Promise<void>((resolve) => setTimeout(resolve, 0))
    .then(() => run(options))
    .then(
      (result) => ({ isOk: true, result: { errMsg: `${name}:ok`, ...result } }),
      (error: unknown) => ({ isOk: false, result: describe(name, error) }),
    )
  if (!success && !fail && !complete)
    return outcome.then(({ isOk, result }) => {
      if (!isOk) throw Object.assign(new Error(result.errMsg), result)
      return result
    })
  void outcome.then(({ isOk, result }) => {
    // What a callback throws is the mini program's mistake, not ours.
    guard(isOk ? success : fail, result)
    guard(complete, result)
  })
  return undefined
}

export function guard(callback: ((result: never) => void) | undefined, result: unknown): void {
  if (typeof callback !== 'function') return
  try {
    ;(callback as (result: unknown) => void)(result)
  } catch (error) {
    logError(error)
  }
}

export function describe(
  name: string,
  error: unknown,
): { errMsg: string; errno?: number; errCode?: number } {
  if (error instanceof Refused) return { errMsg: `${name}:fail ${error.message}`, ...error.more }
  logError(error)
  return { errMsg: `${name}:fail ${error instanceof Error ? error.message : String(error)}` }
}

export function textOf(options: Options, name: string): string {
  const value = options[name]
  return value === undefined || value === null ? '' : String(value as string)
}

export function numberOf(options: Options, name: string, otherwise: number): number {
  const value = Number(options[name])
  return options[name] === undefined || Number.isNaN(value) ? otherwise : value
}
