import { XMLParser } from 'fast-xml-parser'
import * as v from 'valibot'

const Text = v.pipe(
  v.union([v.string(), v.number()]),
  v.transform((value) => String(value).trim()),
)
const text = v.optional(Text, '')

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

const opening = Buffer.from('<Encrypt>')
const closing = Buffer.from('</Encrypt>')
/** Base64, as CDATA or bare; published samples have spaces around it. */
const ciphertext = /^\s*(?:<!\[CDATA\[\s*([\w+/=-]+)\s*\]\]>|([\w+/=-]+))\s*$/

/**
 * Returns the encrypted text of a push's body (WW-96238). The body is not parsed: anybody may have
 * sent it, and only the signature tells. Two passes over the bytes find the one element.
 * @throws PushError
 */
export function readEncrypted(body: Buffer): string {
  const start = body.indexOf(opening)
  const end = body.indexOf(closing, Math.max(start, 0))
  if (start < 0 || end < 0) throw new PushError('there is no Encrypt')
  if (body.indexOf(opening, start + 1) >= 0 || body.indexOf(closing, end + 1) >= 0)
    throw new PushError('there is more than one Encrypt')
  const content = body.toString('latin1', start + opening.length, end)
  const [, plain, bare] = ciphertext.exec(content) ?? []
  const encrypted = plain ?? bare
  if (encrypted === undefined) throw new PushError('Encrypt holds no ciphertext')
  return encrypted
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
