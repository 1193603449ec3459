import { makeApp } from './app.ts'
import { ConfigError, loadConfig } from './config.ts'
import { migrateDatabase } from './db/database.ts'
import { type Embedded, EmbeddedDatabaseError, startEmbedded } from './db/embedded.ts'
import { openLog } from './http/logging.ts'
import { seedDemo } from './seed/seed.ts'
import { seedDemo } from './seed/seed.ts'

/** What went wrong is the operator's to mend: a sentence, no stack. */
class StartError extends Error {}

async function main(): Promise<void> {
  const config = await loadConfig(process.env)
  const log = openLog(config)
  const embedded: Embedded | null = config.databaseUrl === null ? await startEmbedded(config.dataDir) : null
  const databaseUrl = config.databaseUrl ?? embedded?.url ?? ''
  await migrateDatabase(databaseUrl).catch(async (error: unknown) => {
    await embedded?.stop()
    throw config.databaseUrl === null ? error : new StartError(`DATABASE_URL cannot be used: ${error instanceof Error ? error.message : String(error)}. Example: DATABASE_URL=postgres://user:password@localhost:5432/chatside`)
  })
  const app = makeApp({ config, databaseUrl, log })

  let stopping: Promise<void> | undefined
  function stop(signal: string): void {
    // The second Ctrl-C means now.
    if (stopping) process.exit(1)
    log.info({ signal }, 'stopping: finishing what was accepted')
    stopping = app
      .close()
      .then(() => embedded?.stop())
      .then(
        () => process.exit(0),
        (error: unknown) => {
          log.fatal({ err: error }, 'did not stop cleanly')
          process.exit(1)
        },
      )
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)

  // Before anybody can look: an empty library would be the first impression.
  if (config.seed) await seedDemo(app.ctx)

  if (config.seed) await seedDemo(app.ctx)
  await new Promise<void>((resolve, reject) => {
    app.server.once('error', reject)
    app.server.listen(config.port, config.host, resolve)
  }).catch(async (error: NodeJS.ErrnoException) => {
    await app.close()
    await embedded?.stop()
    if (error.code === 'EADDRINUSE') throw new StartError(`PORT ${config.port} is in use by another program. Stop it, or choose another port. Example: PORT=${config.port + 10}`)
    if (error.code === 'EACCES') throw new StartError(`PORT ${config.port} may only be used by root. Example: PORT=3000`)
    if (error.code === 'EADDRNOTAVAIL') throw new StartError(`HOST ${config.host} is no address of this machine. Example: HOST=0.0.0.0`)
    throw error
  })
  log.info({ address: app.server.address(), publicUrl: config.publicUrl }, 'listening')
}

main().catch((error: unknown) => {
  const forOperator = error instanceof ConfigError || error instanceof EmbeddedDatabaseError || error instanceof StartError
  console.error(forOperator ? error.message : error)
  process.exit(1)
})
