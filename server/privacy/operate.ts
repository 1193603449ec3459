import { CommandError } from '../base/command-error.ts'
import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Context } from '../base/context.ts'
import { type Named, personNamed } from '../identity/index.ts'
import { closeDoor, finishWithin } from './erase.ts'
import { exportPerson } from './export.ts'

/** A transaction that takes longer is a forgotten session or a backup. */
const patienceMs = 10 * 60_000

/**
 * Runs `export <person> [file]` or `erase <person>`. A person is named by its id (as in the
 * sidebar's address) or by an `external_userid`. `say` receives lines of progress; the last one
 * reports the end.
 * @throws CommandError
 */
export async function operatePerson(
  ctx: Context,
  args: readonly string[],
  say: (line: string) => void,
): Promise<void> {
  const [action, name, file] = args
  if ((action !== 'export' && action !== 'erase') || !name)
    throw new CommandError(
      'Say what to do and with whom: npm run person -- export|erase <personId|external_userid> [file]',
    )
  const who = await personNamed(ctx, name)
  if (who === null)
    throw new CommandError(
      `Nobody here is ${name}: neither a person's id nor an external_userid that is known.`,
    )
  if (who.isJoinedByHand)
    say(
      `Members joined others with ${name}. This is about ${name} and what is its own by evidence; the others stay.`,
    )
  await (action === 'export'
    ? exportTo(ctx, who, file ?? `person-${who.personId}.json`, say)
    : erase(ctx, who, say))
}

async function exportTo(
  ctx: Context,
  who: Named,
  file: string,
  say: (line: string) => void,
): Promise<void> {
  const rows = new Map<string, number>()
  const pages = exportPerson(ctx, who, (section, count) => {
    rows.set(section, (rows.get(section) ?? 0) + count)
    say(`${section}: ${rows.get(section)}`)
  })
  // Only for the operator: it holds names, telephone numbers and places.
  await pipeline(Readable.from(pages), createWriteStream(file, { mode: 0o600 }))
  say(`Done: ${file} holds everything that is kept about person ${who.personId}.`)
}

async function erase(ctx: Context, who: Named, say: (line: string) => void): Promise<void> {
  const erasure = await closeDoor(ctx, { ...who, requestedBy: 'operator' })
  if (erasure === null)
    throw new CommandError(
      `Person ${who.personId} was erased, or merged into another one, a moment ago.`,
    )
  say(
    'identities, work orders, shares and consents: done; nobody can report as this person any more',
  )
  const done = await finishWithin(ctx, erasure, patienceMs, ({ events = 0, moments = 0 }) =>
    say(`events: ${events}, moments: ${moments}`),
  )
  say(
    done
      ? `Done: person ${who.personId} is erased.`
      : `Not finished: an old transaction is still under way in the database. Any running server finishes erasure ${erasure} once it has ended.`,
  )
}
