import { inspect } from 'node:util'
import { makeApp } from '../app.ts'
import { ConfigError, loadConfig } from '../config.ts'
import type { Context } from '../base/context.ts'
import { migrateDatabase } from '../base/db/database.ts'
import { EmbeddedDatabaseError, startEmbedded } from '../base/db/embedded/embedded.ts'
import { openLog } from '../base/http/operator/logging.ts'

/**
 * A command needs the database and the files, no platform: where these are not set, their addresses
 * lead nowhere.
 */
const withoutPlatforms = {
  WECOM_CORP_ID: 'ww0000000000',
  WECOM_AGENT_ID: '0',
  WECOM_AGENT_SECRET: 'a command asks nobody',
  WECOM_API_URL: 'http://127.0.0.1:9',
  LOG_LEVEL: 'warn',
}

/**
 * For programs that do one thing and end, beside servers that run or without any: the same
 * configuration and database (an embedded one is joined, or started and stopped), and a context;
 * nothing listens, no job runs. An error becomes a sentence and exit code 1.
 */
export async function runCommand(work: (ctx: Context) => Promise<void>): Promise<void> {
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
    const app = makeApp({ config, databaseUrl, log: openLog(config) })
    cleanups.push(app.close)
    await work(app.ctx)
  } catch (error) {
    const forOperator =
      error instanceof ConfigError ||
      error instanceof EmbeddedDatabaseError ||
      error instanceof CommandError
    process.stderr.write(`${forOperator ? error.message : inspect(error)}\n`)
    process.exitCode = 1
  } finally {
    for (const cleanup of cleanups.reverse()) await cleanup()
  }
}

/** What the operator asked for cannot be done; the sentence says why. */
export class CommandError extends Error {}
