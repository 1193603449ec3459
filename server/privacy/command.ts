import { makeApp } from '../app.ts'
import { ConfigError, loadConfig } from '../config.ts'
import { migrateDatabase } from '../db/database.ts'
import { EmbeddedDatabaseError, startEmbedded } from '../db/embedded.ts'
import { openLog } from '../http/logging.ts'
import { CommandError, operate } from './operate.ts'

/** `npm run person`: with the server's environment and on its database, whether a server runs there or not. */
async function main(): Promise<void> {
  const config = await loadConfig(process.env)
  const embedded = config.databaseUrl === null ? await startEmbedded(config.dataDir) : null
  const databaseUrl = config.databaseUrl ?? embedded?.url ?? ''
  try {
    await migrateDatabase(databaseUrl)
    const app = makeApp({ config, databaseUrl, log: openLog({ logLevel: 'warn' }) })
    await operate(app.ctx, process.argv.slice(2), (line) => process.stdout.write(`  ${line}\n`)).finally(() => app.close())
  } finally {
    // A server that uses it too keeps it running.
    await embedded?.stop()
  }
}

main().catch((error: unknown) => {
  const forOperator = error instanceof CommandError || error instanceof ConfigError || error instanceof EmbeddedDatabaseError
  process.stderr.write(`${forOperator ? error.message : String(error instanceof Error ? error.stack : error)}\n`)
  process.exitCode = 1
})
