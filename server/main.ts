import { inspect } from 'node:util'
import { setFlagsFromString } from 'node:v8'
import type { Logger } from 'pino'
import { makeApp } from './app.ts'
import { type Config, ConfigError, loadConfig, nothingConnected } from './config.ts'
import { connectFirstAccounts, isConnected, SecretsError } from './connections/index.ts'
import { migrateDatabase } from './base/db/database.ts'
import { type Embedded, EmbeddedDatabaseError, startEmbedded } from './base/db/embedded/embedded.ts'
import { openLog } from './base/http/operator/logging.ts'
import { seedDemo } from './seed/seed.ts'

/** An error that the operator can mend: it shows a sentence and no stack. */
class StartError extends Error {}

/** What was started so far, in the order of starting; it stops in reverse. */
const cleanups: (() => Promise<void>)[] = []
let stopping: Promise<void> | undefined

function stop(): Promise<void> {
  stopping ??= (async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
  })()
  return stopping
}

/**
 * By default V8 lets garbage grow to four times the live memory, and keeps that measure. After two
 * thousand streams had come and gone, a process had 430 MB, of which 50 were alive. With
 * collections at a third above the live memory it stays below 250 MB and is no slower
 * (docs/scaling.md).
 */
const tidiedUpAtPercentMore = 30

async function main(): Promise<void> {
  setFlagsFromString(`--heap-growing-percent=${tidiedUpAtPercentMore}`)
  const config = await loadConfig(process.env)
  const log = openLog(config)
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      // A second Ctrl-C stops at once.
      if (stopping) process.exit(1)
      log.info({ signal }, 'stopping: finishing what was accepted')
      stop().then(
        () => process.exit(0),
        (error: unknown) => {
          log.fatal({ err: error }, 'did not stop cleanly')
          process.exit(1)
        },
      )
    })
  }

  const databaseUrl = config.databaseUrl ?? (await embeddedDatabase(config, log)).url
  // A signal came meanwhile, and it takes the database away from the next steps.
  if (stopping) return
  await migrate(config, databaseUrl)
  if (stopping) return
  const app = await makeApp({ config, databaseUrl, log })
  cleanups.push(() => app.close())
  for (const sentence of await connectFirstAccounts(app.ctx)) log.warn(sentence)
  if (!isConnected(app.ctx)) throw new StartError(nothingConnected())
  if (config.seed) await seedDemo(app.ctx)
  app.startJobs()

  await new Promise<void>((resolve, reject) => {
    app.server.once('error', (error) => reject(cannotListen(config, error)))
    app.server.listen(config.port, config.host, resolve)
  })
  log.info({ address: app.server.address(), publicUrl: config.publicUrl }, 'listening')
}

async function embeddedDatabase({ dataDir }: Config, log: Logger): Promise<Embedded> {
  const starting = startEmbedded(dataDir, { onLost: (error) => void endWith(error, log) })
  // A stop during the start waits for PostgreSQL, because PostgreSQL does not end with us.
  cleanups.push(() =>
    starting.then(
      (embedded) => embedded.stop(),
      () => undefined,
    ),
  )
  return starting
}

const mostSecondsToEnd = 15

/** Ends the process with a sentence, so that whatever supervises it can start it again. */
async function endWith(error: Error, log: Logger): Promise<void> {
  if (stopping) return
  process.exitCode = 1
  log.fatal({ err: error }, 'the server ends')
  process.stderr.write(`${error.message}\n`)
  setTimeout(() => process.exit(1), mostSecondsToEnd * 1000).unref()
  await stop().catch(() => undefined)
  process.exit(1)
}

async function migrate({ databaseUrl }: Config, url: string): Promise<void> {
  try {
    await migrateDatabase(url)
  } catch (error) {
    if (databaseUrl === null) throw error
    const reason = error instanceof Error ? error.message : String(error)
    throw new StartError(
      `DATABASE_URL cannot be used: ${reason}. Example: DATABASE_URL=postgres://user:password@localhost:5432/chatside`,
    )
  }
}

function cannotListen({ host, port }: Config, error: NodeJS.ErrnoException): Error {
  if (error.code === 'EADDRINUSE')
    return new StartError(
      `PORT ${port} is in use by another program. Stop it, or choose another port. Example: PORT=${port + 10}`,
    )
  if (error.code === 'EACCES')
    return new StartError(`PORT ${port} may only be used by root. Example: PORT=3000`)
  if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND')
    return new StartError(`HOST ${host} is no address of this machine. Example: HOST=0.0.0.0`)
  return error
}

main().catch(async (error: unknown) => {
  // Errors that the stopping itself causes are not reported.
  if (!stopping) {
    const forOperator = [ConfigError, EmbeddedDatabaseError, SecretsError, StartError].some(
      (kind) => error instanceof kind,
    )
    const text = forOperator && error instanceof Error ? error.message : inspect(error)
    process.stderr.write(`${text}\n`)
    await stop()
    process.exit(1)
  }
})
