// npm run dev — as npm start, but it follows the sources: programs restart, apps are built anew.
// Reload the page to see a change.
import { spawn } from 'node:child_process'
import { watch } from 'node:fs'
import { build, shown } from './lib/builds.mjs'
import { ensureInstalled } from './lib/install.mjs'
import { root } from './lib/processes.mjs'
import { main } from './lib/say.mjs'

const folders = ['sidebar', 'miniprogram', 'shared', 'sandbox/desk']
/** An editor writes a file in several steps. */
const quietMs = 200

await main(async () => {
  await ensureInstalled()
  await build({ only: shown })
  const programs = spawn(process.execPath, ['scripts/start.mjs', '--watch'], {
    cwd: root,
    stdio: 'inherit',
  })
  /** @type {NodeJS.Timeout | undefined} */
  let soon
  let building = Promise.resolve()
  let ended = false
  // Builds run one after the other. Each checks for stale sources when its turn comes.
  const rebuild = () =>
    (building = building
      .then(() => build({ only: shown }))
      .catch((error) => {
        if (!ended) console.error(error.message)
      }))
  const watchers = folders.map((folder) =>
    watch(`${root}${folder}`, { recursive: true }, () => {
      clearTimeout(soon)
      soon = setTimeout(rebuild, quietMs)
    }),
  )
  // The terminal sends Ctrl-C to the child too.
  process.on('SIGINT', () => (ended = true))
  process.on('SIGTERM', () => programs.kill('SIGTERM'))
  await new Promise((resolve) => programs.on('close', resolve))
  ended = true
  clearTimeout(soon)
  for (const watcher of watchers) watcher.close()
})
