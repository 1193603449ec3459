// npm run person -- export|erase <personId|external_userid> [file] — what is kept about somebody, as a file, or out of the database. docs/going-live.md.
import { spawn } from 'node:child_process'
import { ensureInstalled } from './install.mjs'
import { root } from './processes.mjs'
import { main } from './say.mjs'

await main(async () => {
  await ensureInstalled()
  // Where the command was given: a file is written there.
  const cwd = process.env.INIT_CWD ?? process.cwd()
  const tsx = new URL('../node_modules/tsx/dist/loader.mjs', import.meta.url).href
  const child = spawn(process.execPath, ['--import', tsx, `${root}server/privacy/command.ts`, ...process.argv.slice(2)], {
    cwd,
    env: { ...process.env, DATA_DIR: process.env.DATA_DIR ?? `${root}.data` },
    stdio: 'inherit',
  })
  process.exitCode = await new Promise((resolve) => child.on('close', (code) => resolve(code ?? 1)))
})
