import { XMLParser } from 'fast-xml-parser'
import * as v from 'valibot'

const Text = v.pipe(
  v.union([v.string(), v.number()]),
  v.transform((value) => String(value).trim()),
)
const text = v.optional(Text, '')

/** The outer document: to whom, and the encrypted one (WW-96238). */
const Outer = v.object({ xml: v.object({ Encrypt: v.pipe(Text, v.minLength(1)) }) })

/**
 * What we read of a push; fields beyond these come and go (WW-96361). Third-party suites say
 * InfoType for Event.
 */
const Push = v.object({
  xml: v.object({
    MsgType: text,
    MsgId: text,
    Event: text,
    InfoType: text,
    ChangeType: text,
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

/** It cannot be read. */
export class PushError extends Error {
  override readonly name = 'PushError'
}

// Values are trimmed by the schema: published samples have spaces around their CDATA.
const parser = new XMLParser({
  ignoreAttributes: true,
  ignoreDeclaration: true,
  parseTagValue: false,
  processEntities: false,
  trimValues: false,
})

/** The encrypted text of a push's body. @throws PushError */
export function readEncrypted(body: string): string {
  return read(Outer, body).xml.Encrypt
}

/** @throws PushError */
export function readPush(message: string): WecomPush {
  return read(Push, message).xml
}

/**
 * `change_external_contact/add_external_contact`, `suite_ticket`, `text`: what it is about, for
 * whoever looks and for who handles it.
 */
export function eventOf({ Event, InfoType, MsgType, ChangeType }: WecomPush): string {
  const name = Event || InfoType || MsgType
  return ChangeType ? `${name}/${ChangeType}` : name
}

function read<S extends v.GenericSchema>(schema: S, xml: string): v.InferOutput<S> {
  // The platform sends none; whoever does wants the parser to fetch or to swell.
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
