import type { Json } from './every-method.ts'

const hostile = `'"><script>alert(1)</script>😀\u0000\ud800`
/**
 * What a developer, or somebody who means harm, may put in the place of a value: other kinds, and
 * its own kind gone wrong.
 */
const instead: Record<string, unknown[]> = {
  string: [null, {}, [[], null, {}], -1, hostile, 'constructor', 'x'.repeat(10_000)],
  number: [null, {}, '-1', 'x', -1, 1e308],
  boolean: [null, [], '1'],
  object: [null, {}, [[], null, {}], 'toString'],
}

/**
 * The body with one field missing or of another kind, for each field of it and of the objects in
 * it, and with names that are dangerous in JavaScript.
 */
export function* mistakes(body: Json): Generator<{ what: string; text: string }> {
  for (const path of pathsOf(body)) {
    const name = path.join('.')
    yield { what: `no ${name}`, text: JSON.stringify(put(body, path, undefined)) }
    for (const value of instead[typeof valueAt(body, path)] ?? []) {
      const text = JSON.stringify(put(body, path, value))
      yield { what: `${name} = ${JSON.stringify(value).slice(0, 30)}`, text }
    }
  }
  const text = JSON.stringify(body)
  const more = text === '{}' ? '' : `,${text.slice(1, -1)}`
  yield {
    what: 'own __proto__',
    text: `{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}${more}}`,
  }
}

/** For a query, where everything is text. */
export const strangeTexts = [
  '',
  '-1',
  '0',
  '1e308',
  hostile,
  '__proto__',
  'constructor',
  'x'.repeat(2000),
]

type Path = (string | number)[]

function pathsOf(value: unknown, above: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return []
  const keys = Array.isArray(value)
    ? value.slice(0, 1).map((_one, index) => index)
    : Object.keys(value)
  return keys.flatMap((key) => [[...above, key], ...pathsOf((value as Json)[key], [...above, key])])
}

function valueAt(body: unknown, path: Path): unknown {
  return path.reduce<unknown>((value, key) => (value as Json)[key], body)
}

function put(body: unknown, [key, ...rest]: Path, value: unknown): unknown {
  if (key === undefined) return value
  if (Array.isArray(body))
    return body.map((one, index) => (index === key ? put(one, rest, value) : (one as unknown)))
  return { ...(body as Json), [key]: put((body as Json)[key], rest, value) }
}
