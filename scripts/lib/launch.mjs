// Starts the sandbox and one or more servers that know each other, and stops them in order. Used by
// `npm start`, the journeys and the benchmarks.
import { accessSync, constants, existsSync, mkdirSync } from 'node:fs'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { isFresh, programs as entries } from './builds.mjs'
import { answered, ProgramEnded, root, start } from './processes.mjs'
import { Stop } from './say.mjs'

/**
 * @typedef {object} Launch
 * @property {string} dataDir absolute
 * @property {{ servers: number[], sandbox: number, webview: number }} ports one server per port
 * @property {NodeJS.ProcessEnv} [env] on top of ours
 * @property {boolean} [withSandbox] default true
 * @property {boolean} [watch] restart a program when its sources change
 *
 * @typedef {object} Launched
 * @property {string | null} deskUrl
 * @property {string | null} sandboxUrl
 * @property {string[]} serverUrls
 * @property {import('./processes.mjs').Program[]} programs in the order of their start
 * @property {import('./processes.mjs').Program[]} servers
 * @property {(index: number) => Promise<void>} restart starts a server that has ended again
 * @property {() => Promise<void>} stop
 */

/** Our mini program as it is uploaded. The desk's phone runs it. */
export const miniprogram = join(root, 'dist/build/mp-weixin')

/** @param {Launch} options @returns {Promise<Launched>} */
export async function launch({ dataDir, ports, env = {}, withSandbox = true, watch = false }) {
  const serverUrls = ports.servers.map((port) => `http://localhost:${port}`)
  const sandboxUrl = withSandbox ? `http://localhost:${ports.sandbox}` : null
  const log = (/** @type {string} */ name) => join(dataDir, 'logs', `${name}.log`)
  /** @type {import('./processes.mjs').Program[]} */
  const programs = []
  /** @type {import('./processes.mjs').Program[]} */
  const servers = []
  /** @type {NodeJS.ProcessEnv} */
  let given = { ...process.env, DATA_DIR: dataDir, ...env }

  /** @param {number} index */
  async function startServer(index) {
    const name = ports.servers.length > 1 ? `server ${index + 1}` : 'server'
    const server = start(name, entryOf('server', watch), {
      env: { ...given, PORT: String(ports.servers[index]) },
      log: log(name.replace(' ', '-')),
      watch,
    })
    servers[index] = server
    programs.push(server)
    await answered(`${serverUrls[index]}/api/health`, server, 120)
  }

  async function stop() {
    // Servers stop first: requests under way may call the platforms.
    await Promise.all(servers.map((server) => server.stop()))
    await Promise.all(programs.map((program) => program.stop()))
  }

  try {
    if (sandboxUrl) {
      const sandbox = start('sandbox', entryOf('sandbox', watch), {
        env: {
          ...process.env,
          ...env,
          SANDBOX_PORT: String(ports.sandbox),
          SANDBOX_WEBVIEW_PORT: String(ports.webview),
          SANDBOX_UPSTREAM: serverUrls.join(','),
          SANDBOX_MINIPROGRAM: miniprogram,
        },
        log: log('sandbox'),
        watch,
      })
      programs.push(sandbox)
      const answer = await answered(`${sandboxUrl}/_sandbox/credentials`, sandbox)
      const credentials = /** @type {{ env: Record<string, string> }} */ (await answer.json())
      // The desk's own server: nothing stands in front of it, so this machine may read /metrics.
      given = { TRUSTED_PROXIES: '0', ...given, ...credentials.env, ...env }
    }
    // Servers start one after the other: the first one migrates and seeds.
    for (const index of ports.servers.keys()) await startServer(index)
    if (sandboxUrl) await receiveCallbacks(sandboxUrl, serverUrls[0] ?? '', given)
  } catch (error) {
    await stop()
    throw error
  }
  return {
    deskUrl: sandboxUrl && `${sandboxUrl}/`,
    sandboxUrl,
    serverUrls,
    programs,
    servers,
    restart: startServer,
    stop,
  }
}

/**
 * Saves the server's address in the sandbox, as an admin does, so that the server hears of changes
 * at once. Without it the product works too, but hears of them later.
 * @param {string} sandboxUrl
 * @param {string} serverUrl
 * @param {NodeJS.ProcessEnv} env
 */
async function receiveCallbacks(
  sandboxUrl,
  serverUrl,
  { WECOM_AGENT_ID, WECOM_CALLBACK_TOKEN: token, WECOM_CALLBACK_AES_KEY: aesKey },
) {
  if (!token || !aesKey) return
  const address = `${sandboxUrl}/_sandbox/callbacks`
  const { items } = /** @type {{ items: { receiver: string, token: string }[] }} */ (
    await (await fetch(address)).json()
  )
  const receiver = items.find((one) => one.token === token)?.receiver
  const url = `${serverUrl}/callbacks/wecom/${WECOM_AGENT_ID}`
  const saved = await fetch(address, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ receiver, url, token, aesKey }),
  })
  if (!saved.ok) console.error(`The sandbox did not take ${url}: ${await saved.text()}`)
}

/**
 * Returns the file that starts a program. A bundle starts three times as fast; with `watch` it is
 * the source.
 * @param {'server' | 'sandbox'} program
 * @param {boolean} [watch]
 */
export function entryOf(program, watch = false) {
  const { source, built } = entries[program]
  return !watch && isFresh(program) ? built : source
}

/** The message that a program ended with, without its name and stack. @param {unknown} error */
export function lastWords(error) {
  return error instanceof ProgramEnded ? error.message : undefined
}

/** @param {number} port */
export function isFree(port) {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', () => resolve(false))
    probe.listen({ port, host: '127.0.0.1', exclusive: true }, () =>
      probe.close(() => resolve(true)),
    )
  })
}

/**
 * @param {Record<string, number>} wanted port by the variable that sets it
 * @throws Stop when one is taken
 */
export async function requireFree(wanted) {
  for (const [variable, port] of Object.entries(wanted))
    if (!(await isFree(port)))
      throw new Stop(
        `Port ${port} is used by another program. End that program, or choose another port: ${variable}=${port + 10} ${process.env.npm_lifecycle_event === 'sandbox' ? 'npm run sandbox' : 'npm start'}`,
      )
}

/** @param {string} dataDir @throws Stop when nothing can be written there */
export function requireWritable(dataDir) {
  try {
    makeFolder(dataDir)
    accessSync(dataDir, constants.W_OK | constants.X_OK)
  } catch (error) {
    throw new Stop(
      `${dataDir} cannot be written (${/** @type {Error} */ (error).message}). Make it writable, or choose another folder: DATA_DIR=/path/to/folder npm start`,
    )
  }
}

/**
 * Makes the folder, one level at a time. Node's `recursive` never returns where a folder vanishes
 * at once, as in /proc.
 * @param {string} path
 */
function makeFolder(path) {
  if (existsSync(path)) return
  makeFolder(dirname(path))
  mkdirSync(path)
}

/**
 * Returns ports that nobody uses at the moment.
 * @param {number} count
 * @param {number} [from] look from here upwards
 * @returns {Promise<number[]>}
 */
export async function freePorts(count, from = 4700) {
  /** @type {number[]} */
  const found = []
  for (let port = from; found.length < count && port < 65_000; port++)
    if (await isFree(port)) found.push(port)
  return found
}

/**
 * Returns a port from the environment.
 * @param {string} name
 * @param {number} otherwise
 * @throws Stop when it is none
 */
export function port(name, otherwise) {
  const text = process.env[name]?.trim()
  if (!text) return otherwise
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1 || value > 65_535)
    throw new Stop(
      `${name} must be a port number from 1 to 65535, but is "${text}". Example: ${name}=${otherwise}`,
    )
  return value
}

/**
 * Notices that npm has ended. npm ends its shell on SIGTERM and the shell tells us nothing, but our
 * parent process changes.
 * @param {() => void} then
 */
function whenNpmIsGone(then) {
  if (!process.env.npm_lifecycle_event) return
  const parent = process.ppid
  const look = setInterval(() => {
    if (process.ppid !== parent) then()
  }, 500)
  look.unref()
}

/** A server that ends by itself is started again so many times within the period. */
const mostRestarts = 3
const withinMs = 10 * 60_000

/**
 * @param {import('./processes.mjs').Program} program
 * @param {{ code: number | null, signal: NodeJS.Signals | null }} end
 */
function howItEnded(program, { code, signal }) {
  const tail = program.tail()
  return `The ${program.name} ended by itself (${signal ?? `code ${code}`}).${tail && `\n${tail}`}`
}

/**
 * Waits until a signal comes, then stops everything. A server that ends by itself is started again.
 * When that does not help, or the sandbox ends, everything stops with a sentence.
 * @param {Pick<Launched, 'programs' | 'stop'> & Partial<Pick<Launched, 'servers' | 'restart'>>}
 *   launched
 */
export async function untilStopped({ programs, stop, servers = [], restart = async () => {} }) {
  let asked = false
  /** @type {number[]} */
  const restarts = []
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
    // A closed terminal takes no output.
    process.stdout.on('error', () => {})
    /** @param {string} sentence */
    const giveUp = (sentence) => {
      if (asked) return
      // The others are being stopped, so their end needs no report.
      asked = true
      console.error(`\n${sentence}`)
      process.exitCode = 1
      done(undefined)
    }
    /** @param {number} index */
    const watchServer = async (index) => {
      for (let program = servers[index]; program; program = servers[index]) {
        const how = howItEnded(program, await program.ended)
        if (asked) return
        const now = Date.now()
        restarts.push(now)
        if (restarts.filter((at) => now - at < withinMs).length > mostRestarts)
          return giveUp(`${how}\nIt ended ${mostRestarts + 1} times; it is not started again.`)
        console.error(`\n${how}\nStarting it again …`)
        try {
          await restart(index)
        } catch (error) {
          return giveUp(lastWords(error) ?? String(error))
        }
        if (!asked) console.log(`\n  The ${program.name} runs again.\n`)
      }
    }
    for (const program of programs) {
      const index = servers.indexOf(program)
      if (index >= 0) void watchServer(index)
      // What the sandbox knows is gone with it, so a new one would not know the server's people.
      else program.ended.then((end) => giveUp(howItEnded(program, end)))
    }
  })
  await stop()
}

/**
 * Decides whether the sandbox plays the platforms. Who names a corp with its secret, or an address
 * of WeCom's API, means that one; the sandbox then stays away.
 * @param {NodeJS.ProcessEnv} env
 * @returns {{ withSandbox: boolean, replaced: string[] }} `replaced`: what the sandbox overrules
 * @throws Stop when an address is named without the credentials that it wants
 */
export function platformOf(env) {
  const has = (/** @type {string} */ name) => Boolean(env[name]?.trim())
  const wanted = ['WECOM_CORP_ID', 'WECOM_AGENT_ID', 'WECOM_AGENT_SECRET']
  if (has('WECOM_API_URL')) {
    const missing = wanted.filter((name) => !has(name))
    if (missing.length > 0)
      throw new Stop(
        `WECOM_API_URL is set, so no sandbox starts, but ${missing.join(', ')} ${missing.length > 1 ? 'are' : 'is'} not. Set ${missing.length > 1 ? 'them' : 'it'}, or unset WECOM_API_URL to start with the sandbox.`,
      )
    return { withSandbox: false, replaced: [] }
  }
  if (has('WECOM_CORP_ID') && has('WECOM_AGENT_SECRET')) return { withSandbox: false, replaced: [] }
  const names = [...wanted, 'WECOM_CALLBACK_TOKEN', 'WECOM_CALLBACK_AES_KEY', 'WECHAT_API_URL']
  return { withSandbox: true, replaced: names.filter(has) }
}
