import * as v from 'valibot'

// Shapes for replies of the platforms. A detail of another kind than its page says takes its
// default, and the rest of the reply stays. `readLenient` tells what was odd.

/**
 * Parses a reply. `odd` names each kind of detail that took its default. The notes of one parse
 * travel with valibot's `message`, the one setting that it hands to every default unchanged.
 */
export function readLenient<S extends v.GenericSchema>(
  schema: S,
  value: unknown,
): { result: v.SafeParseResult<S>; odd: ReadonlySet<string> } {
  const odd = new Set<string>()
  const message = Object.assign((issue: v.BaseIssue<unknown>) => issue.message, { odd })
  return { result: v.safeParse(schema, value, { message }), odd }
}

function note(config: { message?: unknown } | undefined, what: string): void {
  const message = config?.message
  if (typeof message === 'function' && 'odd' in message && message.odd instanceof Set)
    message.odd.add(what)
}

/** A text; a number is written as one. */
const Text = v.pipe(v.union([v.string(), v.number()]), v.transform(String))
const WholeNumber = v.pipe(
  v.union([v.number(), v.pipe(v.string(), v.regex(/^\s*-?\d{1,15}\s*$/), v.transform(Number))]),
  v.finite(),
)

/** A text that may be missing; '' instead of it. */
export const optionalText = v.fallback(v.optional(v.nullable(Text, ''), ''), (_, config) => {
  note(config, 'text')
  return ''
})

/** A text without which the reply means nothing. */
export const text = v.pipe(Text, v.minLength(1))

/** A number without which the reply means nothing; it may come as a text. */
export const number = WholeNumber

/** A number that may be missing. */
export function optionalNumber(missing: number) {
  return v.fallback(v.optional(WholeNumber, missing), (_, config) => {
    note(config, 'number')
    return missing
  })
}

/** A list that may be missing or null. An item of another shape is left out, the others stay. */
export function list<const S extends v.GenericSchema>(item: S) {
  const Kept = v.fallback(v.nullable(item), (_, config) => {
    note(config, 'item')
    return null
  })
  return v.pipe(
    v.fallback(v.optional(v.array(Kept), []), (_, config) => {
      note(config, 'list')
      return []
    }),
    v.transform((items) => items.filter((one): one is NonNullable<typeof one> => one !== null)),
  )
}
