import { CommandError } from '../base/command-error.ts'
import type { Context } from '../base/context.ts'
import { transact } from '../base/db/database.ts'
import { directory } from './directory.ts'
import { connectFirstAccounts } from './first.ts'
import { deleteConnection } from './store.ts'

/**
 * Without a word or with `list`: lists the connections, with the callback address of each app.
 * `take`: the environment decides where it differs from the stored values. `say` receives lines.
 * @throws CommandError
 */
export async function operateConnections(
  ctx: Context,
  args: readonly string[],
  say: (line: string) => void,
): Promise<void> {
  const [action = 'list', id, ...more] = args
  const rest = id === undefined ? [] : [id, ...more]
  if (rest.length === 0 && action === 'list') return list(ctx, say)
  if (rest.length === 0 && action === 'take') return take(ctx, say)
  if (action === 'remove' && id !== undefined && more.length === 0) return remove(ctx, id, say)
  throw new CommandError(
    'Say what to do: npm run connections [-- list], or -- take, or -- remove <id>',
  )
}

function list(ctx: Context, say: (line: string) => void): void {
  const { corps, connections } = ctx.memory.get(directory)
  if (corps().length === 0) say('Nothing is connected.')
  for (const { corpId, name } of corps()) {
    say(`${corpId}  ${name}`)
    for (const one of connections().filter((each) => each.corpId === corpId)) {
      say(`  ${one.kind}  ${one.platformId}  ${one.id}`)
      const platform = one.kind === 'wecom_app' ? 'wecom' : 'wechat'
      say(`    callbacks: ${ctx.config.publicUrl}/callbacks/${platform}/${one.id}`)
    }
  }
}

async function take(ctx: Context, say: (line: string) => void): Promise<void> {
  if (!ctx.config.firstConnections)
    throw new CommandError('The environment names no account: WECOM_CORP_ID is not set.')
  const said = await connectFirstAccounts(ctx, { take: true })
  for (const sentence of said) say(sentence)
  if (said.length === 0) say('Nothing differs.')
}

/** A name that was wrong at the first start is put right so: removed, and connected anew. */
async function remove(ctx: Context, id: string, say: (line: string) => void): Promise<void> {
  const isId = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id)
  const isGone = isId && (await transact(ctx.db, (tx) => deleteConnection(tx, id)))
  if (!isGone)
    throw new CommandError(`"${id}" is no connection's id. npm run connections lists them.`)
  await ctx.memory.get(directory).reload()
  say(`${id} is removed with its secrets. What came through it stays.`)
}
