// npm run callbacks [-- list | replay failed|<id>] — which pushes of WeCom could not be handled, and once more. docs/going-live.md.
import { spawn } from 'node:child_process'
import { ensureInstalled } from './install.mjs'
import { root } from './processes.mjs'
import { main } from './say.mjs'

await main(async () => {
  await ensureInstalled()
  const args = ['--import', 'tsx', 'server/connections/callbacks-command.ts', ...process.argv.slice(2)]
  const child = spawn(process.execPath, args, { cwd: root, stdio: 'inherit' })
  process.exitCode = await new Promise((resolve) => child.on('close', (code) => resolve(code ?? 1)))
})
