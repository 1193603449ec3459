import { inspect } from 'node:util'
import { makeApp } from '../app.ts'
import { ConfigError, loadConfig } from '../config.ts'
import { CommandError } from '../base/command-error.ts'
import type { Context } from '../base/context.ts'
import { SecretsError } from '../connections/index.ts'
import { migrateDatabase } from '../base/db/database.ts'
import { EmbeddedDatabaseError, startEmbedded } from '../base/db/embedded/embedded.ts'
import { openLog } from '../base/http/operator/logging.ts'

/**
 * A command needs the database and the files, but no platform. Without an address in the
 * environment this one leads nowhere.
 */
const withoutPlatforms = { WECOM_API_URL: 'http://127.0.0.1:9', LOG_LEVEL: 'warn' }

/**
 * Runs a program that does one thing and ends, with or without running servers. It has the server's
 * configuration, database and context; it joins an embedded database, or starts and stops it. It
 * listens to no port and runs no job. An error becomes a sentence and exit code 1.
 */
export async function runCommand(
  work: (ctx: Context, args: string[], say: (line: string) => void) => Promise<void>,
): Promise<void> {
  const cleanups: (() => Promise<void>)[] = []
  try {
    const config = await loadConfig({ ...withoutPlatforms, ...process.env })
    let { databaseUrl } = config
    if (databaseUrl === null) {
      const embedded = await startEmbedded(config.dataDir)
      cleanups.push(embedded.stop)
      databaseUrl = embedded.url
    }
    await migrateDatabase(databaseUrl)
    const app = await makeApp({ config, databaseUrl, log: openLog(config) })
    cleanups.push(app.close)
    const say = (line: string) => process.stdout.write(`  ${line}\n`)
    await work(app.ctx, process.argv.slice(2), say)
  } catch (error) {
    const forOperator = [CommandError, ConfigError, EmbeddedDatabaseError, SecretsError].some(
      (kind) => error instanceof kind,
    )
    const text = forOperator && error instanceof Error ? error.message : inspect(error)
    process.stderr.write(`${text}\n`)
    process.exitCode = 1
  } finally {
    for (const cleanup of cleanups.reverse()) await cleanup()
  }
}
