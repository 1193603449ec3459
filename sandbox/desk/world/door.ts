import { doors } from '../../api.ts'

/** The sandbox refused, in its own sentence, or could not be reached. */
class DoorError extends Error {
  readonly status: number
  constructor(message: string, status: number) {
    super(message)
    this.name = 'DoorError'
    this.status = status
  }
}

/**
 * Sends JSON to one of the sandbox's doors and gives its reply; throws a `DoorError` whose message
 * can be shown.
 */
export async function knock<Reply>(
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  body?: unknown,
  send: typeof fetch = fetch,
): Promise<Reply> {
  const answer = await send(`${doors}${path}`, {
    method,
    headers: body === undefined ? {} : { 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  }).catch((cause: unknown) => {
    throw new DoorError(cause instanceof Error ? cause.message : String(cause), 0)
  })
  const reply: unknown = await answer.json().catch(() => null)
  if (!answer.ok) throw new DoorError(sentence(reply) ?? `HTTP ${answer.status}`, answer.status)
  return reply as Reply
}

function sentence(reply: unknown): string | null {
  if (
    typeof reply === 'object' &&
    reply !== null &&
    'error' in reply &&
    typeof reply.error === 'string'
  )
    return reply.error
  return null
}
