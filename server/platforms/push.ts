import { XMLParser } from 'fast-xml-parser'
import * as v from 'valibot'

const Text = v.pipe(
  v.union([v.string(), v.number()]),
  v.transform((value) => String(value).trim()),
)
const text = v.optional(Text, '')

/** The outer document with the encrypted one inside (WW-96238). */
const Outer = v.object({ xml: v.object({ Encrypt: v.pipe(Text, v.minLength(1)) }) })

/**
 * The fields of a push that we read; other fields come and go (WW-96361). Third-party suites say
 * InfoType instead of Event.
 */
const Push = v.object({
  xml: v.object({
    MsgType: text,
    MsgId: text,
    Event: text,
    InfoType: text,
    ChangeType: text,
    /** Seconds of the platform's clock. */
    CreateTime: text,
    /** A member's new id, and 1 active, 2 disabled, 4 not activated, 5 left (WW-90970). */
    NewUserID: text,
    Status: text,
    UserID: text,
    ExternalUserID: text,
    ChatId: text,
    UpdateDetail: text,
    MemChangeList: v.optional(
      v.object({
        Item: v.optional(
          v.union([
            v.pipe(
              Text,
              v.transform((one) => [one]),
            ),
            v.array(Text),
          ]),
          [],
        ),
      }),
      {},
    ),
  }),
})
export type WecomPush = v.InferOutput<typeof Push>['xml']

/** The push cannot be read. */
export class PushError extends Error {
  override readonly name = 'PushError'
}

// The schema trims values: published samples have spaces around their CDATA.
const parser = new XMLParser({
  ignoreAttributes: true,
  ignoreDeclaration: true,
  parseTagValue: false,
  processEntities: false,
  trimValues: false,
})

/** Returns the encrypted text of a push's body. @throws PushError */
export function readEncrypted(body: string): string {
  return read(Outer, body).xml.Encrypt
}

/** Returns the parsed push. @throws PushError */
export function readPush(message: string): WecomPush {
  return read(Push, message).xml
}

/**
 * Returns the subject of a push, such as `change_external_contact/add_external_contact`,
 * `suite_ticket` or `text`. Operators read it, and handlers are found by it.
 */
export function eventOf({ Event, InfoType, MsgType, ChangeType }: WecomPush): string {
  const name = Event || InfoType || MsgType
  return ChangeType ? `${name}/${ChangeType}` : name
}

function read<S extends v.GenericSchema>(schema: S, xml: string): v.InferOutput<S> {
  // The platform sends no such document. A sender of one wants the parser to fetch something or to
  // grow without end.
  if (/<!DOCTYPE|<!ENTITY/i.test(xml)) throw new PushError('a document type is not accepted')
  const parsed = v.safeParse(schema, parse(xml))
  if (!parsed.success) throw new PushError(`not the XML of a push: ${v.summarize(parsed.issues)}`)
  return parsed.output
}

function parse(xml: string): unknown {
  try {
    return parser.parse(xml, true)
  } catch (cause) {
    throw new PushError('not well-formed XML', { cause })
  }
}
