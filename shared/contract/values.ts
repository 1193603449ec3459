import * as v from 'valibot'

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
const uuid7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
const timestamp = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/

export const Id = v.pipe(v.string(), v.regex(uuid, 'must be a UUID'))
/** Ids that a client makes itself (events): UUIDv7, so that they sort by time. */
export const ClientId = v.pipe(v.string(), v.regex(uuid7, 'must be a UUIDv7'))
/**
 * An id that the server issued to one reader of one share (UUIDv8), or that an older client made
 * itself.
 */
export const IssuedId = v.pipe(
  v.string(),
  v.regex(new RegExp(uuid7.source.replace('-7', '-[78]')), 'must be a UUIDv7 or UUIDv8'),
)
/** UTC, ISO 8601 with milliseconds. */
export const Timestamp = v.pipe(
  v.string(),
  v.regex(timestamp, 'must look like 2026-11-21T08:30:00.000Z'),
  v.check(isRealDate, 'must be a real date'),
)
/** `Date` reads 30 February as a day of March, and knows a year 0; the database does neither. */
function isRealDate(text: string): boolean {
  const at = Date.parse(text)
  return !Number.isNaN(at) && new Date(at).toISOString() === text && !text.startsWith('0000')
}
/** PostgreSQL's text cannot hold U+0000; an unpaired surrogate cannot be encoded as UTF-8. */
export const storable = v.check<string, string>(
  (text) =>
    !text.includes('\u0000') &&
    !/[\ud800-\udbff](?![\udc00-\udfff])|(?:[^\ud800-\udbff]|^)[\udc00-\udfff]/.test(text),
  'contains characters that cannot be stored',
)
/** Text of 1 to `most` characters once trimmed; any script, emoji included. */
export function text(most: number) {
  return v.pipe(
    v.string(),
    storable,
    v.trim(),
    v.minLength(1, 'must not be empty'),
    v.maxLength(most, `must have at most ${most} characters`),
  )
}
/** As `text`, but may be empty. */
export function optionalText(most: number) {
  return v.optional(
    v.pipe(
      v.string(),
      storable,
      v.trim(),
      v.maxLength(most, `must have at most ${most} characters`),
    ),
    '',
  )
}
/**
 * An optional detail that phones and platforms report: too long a text is cut, what cannot be
 * stored is left away, and what is no text at all counts as missing.
 */
export function reportedText(most: number) {
  return v.fallback(
    v.optional(
      v.pipe(
        v.string(),
        v.transform((reported) => cut(withoutUnstorable(reported).trim(), most)),
      ),
      '',
    ),
    '',
  )
}
/** A label of what somebody tapped: as `text`, but too long a one is cut. */
export function label(most: number) {
  return v.pipe(
    v.string(),
    v.transform((given) => cut(withoutUnstorable(given).trim(), most)),
    v.minLength(1, 'must not be empty'),
  )
}
/** An optional detail: one that is odd counts as missing, and does not refuse the whole. */
export function reported<const S extends v.GenericSchema>(detail: S) {
  return v.fallback(v.optional(detail), undefined)
}
const halves = /[\ud800-\udbff][\udc00-\udfff]|[\ud800-\udfff]/g
function withoutUnstorable(reported: string): string {
  return reported
    .split('\u0000')
    .join('')
    .replace(halves, (found) => (found.length === 2 ? found : ''))
}
/** Cuts between characters, never within one. */
export function cut(whole: string, most: number): string {
  if (whole.length <= most) return whole
  const end = /[\ud800-\udbff]/.test(whole.charAt(most - 1)) ? most - 1 : most
  return whole.slice(0, end).trimEnd()
}
/** A code that a client of WeChat got; it goes back to WeChat in an address. */
export const PlatformCode = v.pipe(
  v.string(),
  storable,
  v.minLength(1, 'must not be empty'),
  v.maxLength(512),
)
/** A number in a query string. */
export function queryInteger(least: number, most: number, fallback: number) {
  return v.optional(
    v.pipe(
      v.string(),
      v.regex(/^\d{1,9}$/, 'must be a whole number'),
      v.transform(Number),
      v.minValue(least),
      v.maxValue(most),
    ),
    String(fallback),
  )
}
/** Opaque: the server makes it and gets it back unchanged. */
export const Cursor = v.pipe(v.string(), v.maxLength(400))
/**
 * Opaque: the position of a live stream. Longer than a cursor, because it names the transactions
 * that were under way.
 */
export const Position = v.pipe(v.string(), v.maxLength(6000))
/** A list page: `next` is null at the end. */
export function page<S extends v.GenericSchema>(item: S) {
  return v.object({ items: v.array(item), next: v.nullable(v.string()) })
}

/** Some phones report degrees as texts. */
function degrees(most: number) {
  const message = `must be a number of degrees between -${most} and ${most}`
  return v.pipe(
    v.union(
      [
        v.number(),
        v.pipe(v.string(), v.regex(/^\s*-?\d{1,3}(?:\.\d{1,20})?\s*$/), v.transform(Number)),
      ],
      message,
    ),
    v.minValue(-most, message),
    v.maxValue(most, message),
  )
}
/**
 * GCJ-02 (the datum of every map in mainland China), degrees; `accuracy` in metres. Phones report
 * -1, nothing or more than the earth for an accuracy that they do not know, and further details
 * such as a speed; these are dropped.
 */
export const Coordinates = v.object({
  latitude: degrees(90),
  longitude: degrees(180),
  accuracy: reported(v.pipe(v.number(), v.minValue(0), v.maxValue(100_000))),
})

export const ExternalUserId = v.pipe(
  v.string(),
  v.regex(/^[\w@.-]{1,64}$/, 'must be a WeCom external_userid'),
)
export const UserId = v.pipe(v.string(), v.regex(/^[\w@.-]{1,64}$/, 'must be a WeCom userid'))
export const ChatId = v.pipe(v.string(), v.regex(/^[\w@.-]{1,64}$/, 'must be a WeCom chat_id'))

export const MaterialKind = v.picklist(['article', 'file', 'image', 'video', 'link'])
export type MaterialKind = v.InferOutput<typeof MaterialKind>

/** With the size in pixels, so that a page can reserve the room before the picture is there. */
export const Picture = v.object({ url: v.string(), width: v.number(), height: v.number() })
export type Picture = v.InferOutput<typeof Picture>
