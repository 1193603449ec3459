import { CommandError } from '../../base/command-error.ts'
import type { Context } from '../../base/context.ts'
import { transact, type Transaction } from '../../base/db/database.ts'
import { installationKey, replaceKeptKey } from './installation-key.ts'
import { lockedValues, setLockedValue } from './locked-values.ts'
import { allKeys, deleteKey, lockKeys, rewrapKey } from './store.ts'
import { keyIdOf, makeKey, unwrap, vault, wrap } from './vault.ts'

/** A server that was about to write with the key before has done so long ago. */
const graceMs = 60 * 60_000

/**
 * `rotate` makes a new data key and locks every secret with it. `rewrap` changes the installation's
 * own key, which locks only the data keys. Servers may run meanwhile. `say` receives lines.
 * @throws CommandError
 */
export async function operateSecrets(
  ctx: Context,
  args: readonly string[],
  say: (line: string) => void,
): Promise<void> {
  const [action, ...rest] = args
  if (rest.length === 0 && action === 'rotate') return rotate(ctx, say)
  if (rest.length === 0 && action === 'rewrap') return rewrap(ctx, say)
  throw new CommandError('Say what to do: npm run secrets -- rotate, or npm run secrets -- rewrap')
}

async function rotate(ctx: Context, say: (line: string) => void): Promise<void> {
  const { db } = ctx
  const own = await installationKey(ctx.config, false)
  const newest = await transact(db, async (tx) => {
    await lockKeys(tx)
    return makeKey(tx, own, ctx)
  })
  const keeper = ctx.memory.get(vault)
  let count = 0
  for (const { place, locked } of await lockedValues(db)) {
    if (keyIdOf(locked) === newest) continue
    const again = await keeper.lock(await keeper.unlock(locked, place), place)
    // Only in place of the value that was read: a newer value stays.
    if (await setLockedValue(db, { place, from: locked, to: again })) count += 1
  }
  const removed = await transact(db, (tx) => removeUnused(ctx, tx))
  say(`${count} secrets are locked with the new key ${newest}; ${removed} old keys were removed.`)
}

/**
 * Removes keys that lock no value and that no server uses for writing any more. Returns how many.
 */
async function removeUnused(ctx: Context, tx: Transaction): Promise<number> {
  await lockKeys(tx)
  const used = new Set((await lockedValues(tx)).map(({ locked }) => keyIdOf(locked)))
  const before = ctx.clock.now().getTime() - graceMs
  const [, ...older] = await allKeys(tx)
  const unused = older.filter(
    ({ id }, index) =>
      // It was in use for writing until the next newer key came.
      !used.has(id) &&
      ((index === 0 ? undefined : older[index - 1])?.createdAt.getTime() ?? Infinity) < before,
  )
  for (const { id } of unused) await deleteKey(tx, id)
  return unused.length
}

async function rewrap(ctx: Context, say: (line: string) => void): Promise<void> {
  const { nextSecretsKey: next, secretsKey, dataDir } = ctx.config
  if (!next)
    throw new CommandError(
      'Set NEXT_SECRETS_KEY to the new key. Example: NEXT_SECRETS_KEY=the output of: openssl rand -base64 32',
    )
  const own = await installationKey(ctx.config, false)
  const count = await transact(ctx.db, async (tx) => {
    await lockKeys(tx)
    const rows = await allKeys(tx)
    for (const row of rows) await rewrapKey(tx, row.id, wrap(next, row.id, unwrap(own, row)))
    return rows.length
  })
  const kept = await replaceKeptKey(dataDir, next)
  say(`${count} data keys are locked with the new key of this installation.`)
  if (kept) say('The file secrets-key holds it now.')
  if (secretsKey || !kept) say('Set SECRETS_KEY to it before a server starts again.')
}
