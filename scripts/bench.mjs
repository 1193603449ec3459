// npm run bench [-- sandbox upstream signature live timeline track] — tables of ratios, each measured side by side in one run. Nothing here is a test.
import { spawn } from 'node:child_process'
import { build } from './builds.mjs'
import { ensureInstalled } from './install.mjs'
import { root } from './processes.mjs'
import { main } from './say.mjs'

await main(async () => {
  await ensureInstalled()
  await build()
  const child = spawn(process.execPath, ['--import', 'tsx', 'bench/main.ts', ...process.argv.slice(2)], { cwd: root, stdio: 'inherit' })
  process.exitCode = await new Promise((resolve) => child.on('close', (code) => resolve(code ?? 1)))
})
