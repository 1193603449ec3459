import { CommandError } from '../../base/command-error.ts'
import type { Context } from '../../base/context.ts'
import { transact } from '../../base/db/database.ts'
import { nudgeAtCommit } from '../../base/db/jobs.ts'
import { callbackCounts, failedCallbacks, setWaiting } from './store.ts'
import { platformPushes } from './handle.ts'

const mostListed = 50

/**
 * Without a word or with `list`: reports how many pushes are in which state, and which ones failed.
 * `replay failed` or `replay <id>`: a running server handles them once more, in whatever state they
 * are. `say` receives lines.
 * @throws CommandError
 */
export async function operateCallbacks(
  ctx: Context,
  args: readonly string[],
  say: (line: string) => void,
): Promise<void> {
  const [action = 'list', which, ...rest] = args
  if (action === 'list' && which === undefined) return list(ctx, say)
  if (action === 'replay' && which !== undefined && rest.length === 0)
    return replay(ctx, which, say)
  throw new CommandError(
    'Say what to do: npm run callbacks [-- list], or npm run callbacks -- replay failed|<id>',
  )
}

async function list(ctx: Context, say: (line: string) => void): Promise<void> {
  const counts = await callbackCounts(ctx.adHoc)
  say(
    counts.length === 0
      ? 'No push is stored.'
      : counts.map(({ state, count }) => `${count} ${state}`).join(', '),
  )
  const failed = await failedCallbacks(ctx.adHoc, mostListed)
  for (const { id, event, receivedAt, tries, error } of failed)
    say(
      `${id}  ${receivedAt.toISOString()}  ${event}  given up after ${tries} tries: ${error ?? ''}`,
    )
  const more = (counts.find(({ state }) => state === 'failed')?.count ?? 0) - failed.length
  if (more > 0) say(`… and ${more} younger ones`)
  if (failed.length > 0) say('Once the cause is mended: npm run callbacks -- replay failed')
}

async function replay(ctx: Context, which: string, say: (line: string) => void): Promise<void> {
  if (which !== 'failed' && !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(which))
    throw new CommandError(`"${which}" is no push's id. npm run callbacks lists those that failed.`)
  const count = await transact(ctx.adHoc, async (tx) => {
    const set = await setWaiting(tx, which === 'failed' ? 'failed' : { id: which }, ctx.clock.now())
    await nudgeAtCommit(tx, platformPushes)
    return set
  })
  if (count === 0 && which !== 'failed')
    throw new CommandError(`No push ${which} is stored: it never came, or was deleted since.`)
  say(
    count === 0
      ? 'No push has failed; there is nothing to do.'
      : `${count} ${count === 1 ? 'push is' : 'pushes are'} handled once more by a server that runs, or by the next that starts. What became of them: npm run callbacks`,
  )
}
