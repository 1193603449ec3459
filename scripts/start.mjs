// npm start — from a bare clone to a running product, and one address to open.
import { resolve } from 'node:path'
import { build, shown } from './lib/builds.mjs'
import { ensureInstalled } from './lib/install.mjs'
import {
  lastWords,
  launch,
  platformOf,
  port,
  requireFree,
  requireWritable,
  untilStopped,
} from './lib/launch.mjs'
import { root } from './lib/processes.mjs'
import { bold, dim, main, step, Stop } from './lib/say.mjs'

const env = process.env
const watch = process.argv.includes('--watch')

await main(async () => {
  const { withSandbox, replaced } = platformOf(env)
  const begun = Date.now()
  console.log(`\n${bold('Chatside')}\n`)
  const ports = {
    servers: [port('PORT', 3000)],
    sandbox: port('SANDBOX_PORT', 3100),
    webview: port('SANDBOX_WEBVIEW_PORT', 3101),
  }
  const dataDir = resolve(root, env.DATA_DIR?.trim() || '.data')
  await requireFree({
    PORT: ports.servers[0] ?? 3000,
    ...(withSandbox && { SANDBOX_PORT: ports.sandbox, SANDBOX_WEBVIEW_PORT: ports.webview }),
  })
  requireWritable(dataDir)
  if (replaced.length > 0)
    console.log(`  The sandbox replaces ${replaced.join(', ')} of your environment.\n`)
  await ensureInstalled()
  await build({ only: withSandbox ? shown : ['sidebar', 'h5', 'server'] })

  const launched = await step(
    withSandbox ? 'starting database, server and sandbox' : 'starting database and server',
    () =>
      launch({
        dataDir,
        ports,
        withSandbox,
        watch,
        env: withSandbox ? { CHATSIDE_SEED: env.CHATSIDE_SEED ?? '1' } : {},
      }),
  ).catch((error) => {
    throw lastWords(error) ? new Stop(lastWords(error)) : error
  })

  const took = ((Date.now() - begun) / 1000).toFixed(1)
  const address = launched.deskUrl ?? `${env.PUBLIC_URL ?? launched.serverUrls[0]}/sidebar/`
  console.log(`\n  Ready in ${took} s. Open ${bold(address)}\n`)
  console.log(
    dim(`  Logs: ${dataDir}/logs. Ctrl-C stops everything; the data stays in ${dataDir}.\n`),
  )
  await untilStopped(launched)
})
