import type { Context } from 'koa'
import * as v from 'valibot'
import { readJson } from '../platform/body.ts'
import { Nonsense } from './nonsense.ts'

/**
 * The body of a door's call, checked before anything is touched. With `mayBeEmpty` no body at all
 * is an empty one.
 */
export async function readBody<S extends v.GenericSchema>(
  ctx: Context,
  schema: S,
  { mayBeEmpty = false } = {},
): Promise<v.InferOutput<S>> {
  let body: unknown
  try {
    body = await readJson(ctx.req, mayBeEmpty)
  } catch (error) {
    throw new Nonsense(
      `the body is not JSON: ${error instanceof Error ? error.message : String(error)}`,
    )
  }
  // A schema without required fields would take a list for an object without any.
  if (Array.isArray(body)) throw new Nonsense('the body must be an object, not a list')
  return check(schema, body)
}

export function check<S extends v.GenericSchema>(schema: S, value: unknown): v.InferOutput<S> {
  const parsed = v.safeParse(schema, value)
  if (parsed.success) return parsed.output
  const [issue] = parsed.issues
  const path = v.getDotPath(issue)
  throw new Nonsense(path ? `"${path}": ${issue.message}` : issue.message)
}
