// What an operator runs beside the server: a program of ours, with the words given to it.
import { spawn } from 'node:child_process'
import { ensureInstalled } from './install.mjs'
import { root } from './processes.mjs'
import { main } from './say.mjs'

/**
 * Runs it to its end, which becomes ours.
 * @param {string} entry from the root
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv }} [options]
 */
export async function runProgram(entry, { cwd = root, env = process.env } = {}) {
  await main(async () => {
    await ensureInstalled()
    // By its address: the program may run elsewhere.
    const tsx = new URL('../../node_modules/tsx/dist/loader.mjs', import.meta.url).href
    const child = spawn(
      process.execPath,
      ['--import', tsx, `${root}${entry}`, ...process.argv.slice(2)],
      { cwd, env, stdio: 'inherit' },
    )
    process.exitCode = await new Promise((resolve) =>
      child.on('close', (code) => resolve(code ?? 1)),
    )
  })
}
