import { readFileSync } from 'node:fs'
import * as v from 'valibot'

const Vectors = v.object({
  vectors: v.array(
    v.object({
      id: v.string(),
      kind: v.string(),
      source: v.string(),
      input: v.unknown(),
      expected: v.unknown(),
    }),
  ),
})
const { vectors } = v.parse(
  Vectors,
  JSON.parse(readFileSync(new URL('vectors.json', import.meta.url), 'utf8')),
)

/**
 * Returns the published examples of one kind.
 * @throws when there is none, because a test without examples would pass
 */
export function vectorsOf<I extends v.GenericSchema, E extends v.GenericSchema>(
  kind: string,
  { input, expected }: { input: I; expected: E },
): { id: string; input: v.InferOutput<I>; expected: v.InferOutput<E> }[] {
  const found = vectors.filter((one) => one.kind === kind)
  if (found.length === 0) throw new Error(`no vector of kind ${kind}`)
  return found.map((one) => ({
    id: one.id,
    input: v.parse(input, one.input),
    expected: v.parse(expected, one.expected),
  }))
}
