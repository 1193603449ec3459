import type { World } from '../state/world.ts'

/** One call of a platform's server API as its handler sees it. */
export interface Upstream {
  query: Record<string, string>
  /** The parsed JSON body of a POST; `null` when it was empty or broken. */
  body: Record<string, unknown> | null
  ip: string
}

export type Reply = Record<string, unknown>

export interface Method {
  method: 'GET' | 'POST'
  /** As on the platform's page, e.g. `/cgi-bin/gettoken`. */
  path: string
  handle: (world: World, call: Upstream) => Reply
}

/** The platform says no. `text` is its wording without the hint, which each platform adds in its own form. */
export class Refusal extends Error {
  readonly errcode: number
  constructor(errcode: number, text: string) {
    super(text)
    this.errcode = errcode
  }
}

/** A text parameter of the JSON body; anything else counts as missing. */
export function textOf(body: Upstream['body'], name: string): string {
  const value = body?.[name]
  return typeof value === 'string' ? value : ''
}
