// Joins and parts people as the server does when evidence arrives, in a process of its own. Only
// here do the benchmarks call functions of `server/identity`.
import { performance } from 'node:perf_hooks'
import { makeApp } from '../server/app.ts'
import { loadConfig } from '../server/config.ts'
import { openLog } from '../server/base/http/operator/logging.ts'
import { join, settling } from '../server/identity/merge/merge.ts'
import { undoMerge } from '../server/identity/index.ts'

export type MergeCommand =
  { join: [identityId: string, identityId: string] } | { undo: string; corpId: string }
export type MergeAnswer = { ms: number; outcome: string } | { error: string }

const config = await loadConfig(process.env)
const { ctx } = await makeApp({
  config,
  databaseUrl: config.databaseUrl ?? '',
  log: openLog(config),
})

async function run(command: MergeCommand): Promise<MergeAnswer> {
  const begun = performance.now()
  const outcome =
    'join' in command
      ? await settling(ctx.db, (tx) => join(ctx, tx, command.join, 'unionid'))
      : await undoMerge(ctx, { corpId: command.corpId, mergeId: command.undo }).then(() => 'undone')
  return { ms: performance.now() - begun, outcome }
}

process.on('message', (command: MergeCommand) => {
  run(command).then(
    (answer) => process.send?.(answer),
    (error: unknown) =>
      process.send?.({ error: error instanceof Error ? error.message : String(error) }),
  )
})
process.on('disconnect', () => process.exit())
process.send?.('ready')
