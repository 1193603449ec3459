// npm run dev — as npm start, and everything follows its sources: the apps are rebuilt, the programs restarted. Reload the page to see it.
import { spawn } from 'node:child_process'
import { build, shown } from './builds.mjs'
import { ensureInstalled } from './install.mjs'
import { root } from './processes.mjs'
import { main } from './say.mjs'

await main(async () => {
  await ensureInstalled()
  await build({ only: shown })
  const commands = [
    ['scripts/start.mjs', '--watch'],
    ['node_modules/vite/bin/vite.js', 'build', '--watch', '--logLevel', 'warn'],
    ['node_modules/vite/bin/vite.js', 'build', '--watch', '--logLevel', 'warn', '--config', 'sandbox/desk/vite.config.ts'],
    ['scripts/uni.mjs', 'build', '--watch'],
  ]
  const children = commands.map((args) => spawn(process.execPath, args, { cwd: root, stdio: 'inherit' }))
  const end = () => children.forEach((child) => child.kill('SIGTERM'))
  // The terminal's Ctrl-C reaches the children by itself; waiting for them keeps their last words on the screen.
  process.on('SIGINT', () => {})
  process.on('SIGTERM', end)
  await Promise.race(children.map((child) => new Promise((resolve) => child.on('close', resolve))))
  end()
  await Promise.all(children.map((child) => child.exitCode ?? new Promise((resolve) => child.on('close', resolve))))
})
