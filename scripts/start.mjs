// npm start — from a bare clone to a running product, and one address to open.
import { resolve } from 'node:path'
import { build, shown } from './builds.mjs'
import { ensureInstalled } from './install.mjs'
import { lastWords, launch, requireFree, requireWritable } from './launch.mjs'
import { root } from './processes.mjs'
import { bold, dim, main, step, Stop } from './say.mjs'

const env = process.env
const watch = process.argv.includes('--watch')

/** With the credentials of a real corp the server talks to Tencent, and no sandbox starts. */
const withSandbox = !(env.WECOM_CORP_ID && env.WECOM_AGENT_SECRET && !env.WECOM_API_URL)

/** @param {string} name @param {number} otherwise */
function port(name, otherwise) {
  const text = env[name]?.trim()
  if (!text) return otherwise
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1 || value > 65_535)
    throw new Stop(`${name} must be a port number from 1 to 65535, but is "${text}". Example: ${name}=${otherwise}`)
  return value
}

await main(async () => {
  const begun = Date.now()
  console.log(`\n${bold('Chatside')}\n`)
  const ports = { servers: [port('PORT', 3000)], sandbox: port('SANDBOX_PORT', 3100), webview: port('SANDBOX_WEBVIEW_PORT', 3101) }
  const dataDir = resolve(root, env.DATA_DIR?.trim() || '.data')
  await requireFree({
    PORT: ports.servers[0] ?? 3000,
    ...(withSandbox && { SANDBOX_PORT: ports.sandbox, SANDBOX_WEBVIEW_PORT: ports.webview }),
  })
  requireWritable(dataDir)
  await ensureInstalled()
  await build({ only: withSandbox ? shown : ['sidebar', 'h5'] })

  const launched = await step(withSandbox ? 'starting database, server and sandbox' : 'starting database and server', () =>
    launch({ dataDir, ports, withSandbox, watch, env: withSandbox ? { CHATSIDE_SEED: env.CHATSIDE_SEED ?? '1' } : {} }),
  ).catch((error) => {
    throw lastWords(error) ? new Stop(lastWords(error)) : error
  })

  const took = ((Date.now() - begun) / 1000).toFixed(1)
  const address = launched.deskUrl ?? `${env.PUBLIC_URL ?? launched.serverUrls[0]}/sidebar/`
  console.log(`\n  Ready in ${took} s. Open ${bold(address)}\n`)
  console.log(dim(`  Logs: ${dataDir}/logs. Ctrl-C stops everything; the data stays in ${dataDir}.\n`))
  await untilStopped(launched)
})

/** npm ends its shell on SIGTERM, and the shell does not tell us: we notice that we have another parent. @param {() => void} then */
function whenNpmIsGone(then) {
  if (!env.npm_lifecycle_event) return
  const parent = process.ppid
  const look = setInterval(() => {
    if (process.ppid !== parent) then()
  }, 500)
  look.unref()
}

/** Until somebody asks us to stop, or a program has ended by itself. @param {import('./launch.mjs').Launched} launched */
async function untilStopped(launched) {
  let asked = false
  await new Promise((done) => {
    const ask = () => {
      // A second Ctrl-C does not cut the orderly stop short: the database needs its second.
      if (asked) return
      asked = true
      console.log('\n  Stopping …')
      done(undefined)
    }
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, ask)
    whenNpmIsGone(ask)
    // A terminal that was closed takes no last words.
    process.stdout.on('error', () => {})
    for (const program of launched.programs)
      program.ended.then(({ code, signal }) => {
        if (asked) return
        console.error(`\nThe ${program.name} ended by itself (${signal ?? `code ${code}`}).\n${program.tail()}`)
        process.exitCode = 1
        done(undefined)
      })
  })
  await launched.stop()
}
