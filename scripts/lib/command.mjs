// Runs an operator's command: one of our programs, with the words given to it.
import { spawn } from 'node:child_process'
import { ensureInstalled } from './install.mjs'
import { root } from './processes.mjs'
import { main } from './say.mjs'

/**
 * Runs the program to its end and ends with its exit code.
 * @param {string} entry from the root
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv }} [options]
 */
export async function runProgram(entry, { cwd = root, env = process.env } = {}) {
  await main(async () => {
    await ensureInstalled()
    // An absolute address, because the program may run in another folder.
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
