import { CommandError } from '../base/command-error.ts'
import type { Context } from '../base/context.ts'
import { directory } from './directory.ts'
import { connectFirstAccounts } from './first.ts'

/**
 * Nothing or `list` tells what is connected, with the address for the callbacks of each app; `take`
 * lets the environment count where it differs from what is stored. `say` is given lines.
 * @throws CommandError
 */
export async function operateConnections(
  ctx: Context,
  args: readonly string[],
  say: (line: string) => void,
): Promise<void> {
  const [action = 'list', ...rest] = args
  if (rest.length === 0 && action === 'list') return list(ctx, say)
  if (rest.length === 0 && action === 'take') return take(ctx, say)
  throw new CommandError('Say what to do: npm run connections [-- list], or -- take')
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
