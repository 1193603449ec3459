import { Refusal, type Upstream } from './method.ts'

/** What a field may be, and what the platform says when it is not there or cannot be. */
interface Rule {
  /**
   * Must be there: the errcode and words for a missing one. Without it a missing field gives the
   * fallback.
   */
  missing?: [errcode: number, words: string]
  /** Too long, too many, out of range: the errcode and words. */
  wrong?: [errcode: number, words: string]
}

/**
 * WW-90455: a field of the wrong JSON type is parsed as far as it goes, and the errmsg carries a
 * warning.
 */
export function textField(
  call: Upstream,
  name: string,
  rule: Rule & { most?: number; mostBytes?: number } = {},
): string {
  const value = call.body?.[name]
  let text = ''
  if (typeof value === 'string') text = value
  else if (value !== undefined && value !== null) {
    call.hasWrongJson = true
    if (typeof value === 'number') text = String(value)
  }
  if (text === '' && rule.missing) throw new Refusal(...rule.missing)
  const isTooLong =
    (rule.most !== undefined && [...text].length > rule.most) ||
    (rule.mostBytes !== undefined && Buffer.byteLength(text) > rule.mostBytes)
  if (isTooLong) throw new Refusal(...(rule.wrong ?? invalidParameter))
  return text
}

export function numberField(
  call: Upstream,
  name: string,
  fallback: number,
  rule: Rule & { least?: number; most?: number } = {},
): number {
  const value = call.body?.[name]
  if ((value === undefined || value === null) && rule.missing) throw new Refusal(...rule.missing)
  let number = fallback
  if (typeof value === 'number') number = value
  else if (typeof value === 'boolean') number = Number(value)
  else if (value !== undefined && value !== null) {
    call.hasWrongJson = true
    if (typeof value === 'string' && /^-?\d+$/.test(value)) number = Number(value)
  }
  const isOutside =
    !Number.isInteger(number) ||
    number < (rule.least ?? -Infinity) ||
    number > (rule.most ?? Infinity)
  if (isOutside) throw new Refusal(...(rule.wrong ?? invalidParameter))
  return number
}

export function flagField(call: Upstream, name: string, fallback = false): boolean {
  const value = call.body?.[name]
  if (typeof value === 'boolean') return value
  if (value === undefined || value === null) return fallback
  if (value === 0 || value === 1) return value === 1
  call.hasWrongJson = true
  return fallback
}

/** A list of texts. */
export function textsField(
  call: Upstream,
  name: string,
  rule: Rule & { most?: number } = {},
): string[] {
  const value = call.body?.[name]
  const isList = Array.isArray(value)
  if (value !== undefined && value !== null && !isList) call.hasWrongJson = true
  const texts = isList
    ? value.filter((one): one is string => typeof one === 'string' && one !== '')
    : []
  if (isList && texts.length < value.length) call.hasWrongJson = true
  if (texts.length === 0 && rule.missing) throw new Refusal(...rule.missing)
  if (rule.most !== undefined && texts.length > rule.most)
    throw new Refusal(...(rule.wrong ?? invalidParameter))
  return texts
}

export function numbersField(call: Upstream, name: string): number[] {
  const value = call.body?.[name]
  const isList = Array.isArray(value)
  const numbers = isList ? value.filter((one) => Number.isInteger(one)) : []
  if (value !== undefined && value !== null && (!isList || numbers.length < value.length))
    call.hasWrongJson = true
  return numbers as number[]
}

/** A nested object, or `null`. Read its fields through `inside`. */
export function objectField(call: Upstream, name: string): Record<string, unknown> | null {
  const value = call.body?.[name]
  if (isRecord(value)) return value
  if (value !== undefined && value !== null) call.hasWrongJson = true
  return null
}

export function objectsField(call: Upstream, name: string): Record<string, unknown>[] {
  const value = call.body?.[name]
  if (value === undefined || value === null) return []
  const objects = Array.isArray(value) ? value.filter(isRecord) : []
  if (!Array.isArray(value) || objects.length < value.length) call.hasWrongJson = true
  return objects
}

/** The same call seen from inside one of its objects, so that the readers above work there. */
export function inside(call: Upstream, body: Record<string, unknown> | null): Upstream {
  return {
    ...call,
    body,
    get hasWrongJson() {
      return call.hasWrongJson
    },
    set hasWrongJson(value) {
      call.hasWrongJson = value
    },
  }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/**
 * What a table has under a name that came from outside: never what every object has (`constructor`,
 * `toString`).
 */
export function entryOf<Entry>(table: Record<string, Entry>, name: string): Entry | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined
}

/** The general one of both platforms. */
export const invalidParameter: [number, string] = [40058, 'invalid Request Parameter']
