// Child processes: runs them to the end, or starts, watches and stops them.
import { spawn } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openLogFile } from './log-file.mjs'

export const root = fileURLToPath(new URL('../..', import.meta.url))

const keptLines = 60

/**
 * @typedef {object} Finished
 * @property {number} code
 * @property {string} output both streams as they came
 */

/**
 * Runs a program to its end and returns its output, without colours: it is read later, often in a
 * log.
 * @param {string} file
 * @param {string[]} args
 * @param {{ env?: NodeJS.ProcessEnv }} [options]
 * @returns {Promise<Finished>}
 */
export function run(file, args, { env = process.env } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      cwd: root,
      env: { ...env, NO_COLOR: '1', FORCE_COLOR: undefined },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk) => (output += chunk))
    child.on('error', reject)
    child.on('close', (code, signal) =>
      resolve({ code: code ?? 1, output: signal ? `${output}\nended by ${signal}` : output }),
    )
  })
}

/**
 * Runs a program of node_modules/.bin with this Node.
 * @param {string} name
 * @param {string[]} args
 * @param {Parameters<typeof run>[2]} [options]
 */
export function tool(name, args, options) {
  return run(`${root}node_modules/.bin/${name}`, args, options)
}

/**
 * @typedef {object} Program
 * @property {string} name
 * @property {number | undefined} pid
 * @property {Promise<{ code: number | null, signal: NodeJS.Signals | null }>} ended
 * @property {() => boolean} running
 * @property {() => string} tail the last lines it printed
 * @property {(signal?: NodeJS.Signals) => Promise<void>} stop asks, waits, and after 15 s insists
 */

/**
 * Starts one of our programs, from its TypeScript or from a bundle. It notices when the channel to
 * us closes, so it ends with us, even after a kill.
 * @param {string} name
 * @param {string} entry from the root
 * @param {{ env: NodeJS.ProcessEnv, log?: string, watch?: boolean }} options
 * @returns {Program}
 */
export function start(name, entry, { env, log, watch = false }) {
  const args = [
    ...(watch ? ['--watch', '--watch-preserve-output'] : []),
    ...(entry.endsWith('.ts') ? ['--import', 'tsx'] : ['--enable-source-maps']),
    '--import',
    './scripts/lib/with-parent.mjs',
    entry,
  ]
  // In a process group of its own: Ctrl-C in the terminal reaches only us, and we end the programs
  // in order.
  const child = spawn(process.execPath, args, {
    cwd: root,
    env,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    detached: true,
  })
  /** @type {string[]} */
  const lines = []
  if (log) mkdirSync(dirname(log), { recursive: true })
  const file = log ? openLogFile(log) : null
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk) => {
      file?.write(chunk)
      lines.push(...String(chunk).split('\n').filter(Boolean))
      lines.splice(0, lines.length - keptLines)
    })
  let running = true
  /** @type {Program['ended']} */
  const ended = new Promise((resolve) => {
    child.on('error', (error) => lines.push(String(error)))
    child.on('close', (code, signal) => {
      running = false
      file?.close()
      resolve({ code, signal })
    })
  })
  return {
    name,
    pid: child.pid,
    ended,
    running: () => running,
    tail: () => lines.join('\n'),
    async stop(signal = 'SIGTERM') {
      if (!running) return
      child.kill(signal)
      const insist = setTimeout(() => child.kill('SIGKILL'), 15_000)
      await ended
      clearTimeout(insist)
    },
  }
}

/**
 * Asks until the answer is 200 or the program has ended.
 * @param {string} url
 * @param {Program} program
 * @param {number} [seconds]
 */
export async function answered(url, program, seconds = 60) {
  const until = Date.now() + seconds * 1000
  for (;;) {
    const answer = await fetch(url, { signal: AbortSignal.timeout(5000) }).catch(() => null)
    if (answer?.ok) return answer
    await answer?.body?.cancel()
    if (!program.running()) throw new ProgramEnded(program)
    if (Date.now() > until)
      throw new Error(
        `${program.name} did not answer at ${url} within ${seconds} s.\n${program.tail()}`,
      )
    await new Promise((resolve) => setTimeout(resolve, 40))
  }
}

export class ProgramEnded extends Error {
  /** @override */
  name = 'ProgramEnded'
  /** @param {Program} program */
  constructor(program) {
    super(`The ${program.name} ended before it was ready.\n${program.tail()}`)
    this.program = program
  }
}
