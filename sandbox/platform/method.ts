import type * as v from 'valibot'
import type { World } from '../state/world.ts'

/** One call of a platform's server API as its handler sees it. */
export interface Upstream {
  service: 'wecom' | 'wechat'
  /** The method's path, e.g. `/cgi-bin/gettoken`. */
  path: string
  query: Record<string, string>
  /** The parsed JSON body of a POST; `null` when it was empty, broken or no object. */
  body: Record<string, unknown> | null
  /** The body as it came: multipart uploads. */
  raw: Buffer
  contentType: string
  ip: string
  /**
   * Set by `platform/fields.ts` when a field had another JSON type than the page says: the reply's
   * errmsg then carries the platform's warning (WW-90455).
   */
  hasWrongJson: boolean
}

export type Reply = Record<string, unknown>

/** A reply that is no JSON: media, pictures of codes. */
export class Download {
  readonly bytes: Buffer
  readonly type: string
  readonly name: string | null
  constructor(bytes: Buffer, type: string, name: string | null = null) {
    this.bytes = bytes
    this.type = type
    this.name = name
  }
}

export interface Method {
  method: 'GET' | 'POST'
  /** As on the platform's page, e.g. `/cgi-bin/gettoken`. */
  path: string
  handle: (world: World, call: Upstream) => Reply | Download
}

/**
 * The platform says no. `text` is its wording without the hint, which each platform adds in its own
 * form.
 */
export class Refusal extends Error {
  readonly errcode: number
  /** Further fields beside errcode and errmsg, where the page shows some. */
  readonly more: Reply
  constructor(errcode: number, text: string, more: Reply = {}) {
    super(text)
    this.errcode = errcode
    this.more = more
  }
}

/**
 * Something that people or time do to the world, not an API: a customer adds a rep, an admin
 * changes the visible range. Called with `POST /_sandbox/happenings/<name>`; only these cause
 * callbacks (WW-96361: what is done through the API is not pushed).
 */
export interface Happening {
  /** `area.verb`, e.g. `contact.add`. */
  name: string
  /** A sentence for the list of happenings, e.g. `A customer adds a member.` */
  says: string
  /** Throw `Nonsense` for what the schema cannot see; the world must then be unchanged. */
  run: (world: World, body: never) => unknown
  body: v.GenericSchema
}

/** Ties a body's schema to its handler. */
export function happening<S extends v.GenericSchema>(
  name: string,
  says: string,
  body: S,
  run: (world: World, body: v.InferOutput<S>) => unknown,
): Happening {
  return { name, says, body, run }
}
