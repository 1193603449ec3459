import fc from 'fast-check'
import * as v from 'valibot'
import { nastyText, nastyValue } from './values.ts'

/**
 * Values that a schema takes, or nearly: most leaves are right and one may be odd. Random values
 * alone never get past the first field.
 * @param known texts that the server knows: ids, times, names
 */
export function near(schema: v.GenericSchema, known: readonly string[]): fc.Arbitrary<unknown> {
  const of = (one: v.GenericSchema) => near(one, known)
  const odd = { weight: 1, arbitrary: nastyValue }
  const mostly = (arbitrary: fc.Arbitrary<unknown>) => fc.oneof({ weight: 12, arbitrary }, odd)
  const s = schema as unknown as Shape

  switch (s.type) {
    case 'object':
    case 'strict_object':
    case 'loose_object':
      return mostly(
        fc
          .tuple(
            fc.record(
              Object.fromEntries(
                Object.entries(s.entries ?? {}).map(([key, one]) => [key, of(one)]),
              ),
            ),
            fc.option(fc.tuple(nastyText, nastyValue), { freq: 12 }),
          )
          .map(([record, extra]) => ({
            ...Object.fromEntries(Object.entries(record).filter(([, one]) => one !== omitted)),
            ...(extra && { [extra[0]]: extra[1] }),
          })),
      )
    case 'array': {
      const item = of(s.item ?? v.string()).filter((one) => one !== omitted)
      return mostly(fc.array(item, { maxLength: 3 }))
    }
    case 'tuple':
      return mostly(fc.tuple(...(s.items ?? []).map(of)))
    case 'optional':
    case 'nullable':
    case 'nullish':
      return fc.oneof(
        { weight: 3, arbitrary: of(s.wrapped ?? v.string()) },
        { weight: 1, arbitrary: fc.constantFrom(null, omitted) },
      )
    case 'union':
    case 'variant':
      return fc.oneof(...(s.options ?? []).map((one) => of(one as v.GenericSchema)))
    case 'picklist':
      return mostly(fc.constantFrom(...(s.options ?? [])))
    case 'literal':
      return mostly(fc.constant(s.literal))
    case 'boolean':
      return mostly(fc.boolean())
    case 'number':
      return mostly(
        fc.oneof(fc.constantFrom(0, 1, 3, 31.26, 120.73, -90, 180, 2 ** 31, 1e9), fc.nat()),
      )
    default: {
      const fitting = known.filter((text) => v.is(schema, text))
      const right = fitting.length > 0 ? fc.constantFrom(...fitting) : fc.constant('x')
      return fc.oneof({ weight: 8, arbitrary: right }, { weight: 1, arbitrary: nastyText }, odd)
    }
  }
}

const omitted = Symbol('omitted')

interface Shape {
  type: string
  entries?: Record<string, v.GenericSchema>
  item?: v.GenericSchema
  items?: v.GenericSchema[]
  wrapped?: v.GenericSchema
  options?: unknown[]
  literal?: unknown
}
