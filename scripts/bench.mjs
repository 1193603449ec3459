// npm run bench [-- sandbox upstream signature timeline live merge one track] — tables of ratios.
// Each ratio is measured side by side in one run; without names all of these run, in about six
// minutes.
// Only by name: `timeline --large` (5 million moments), `gains` (what savings save, ten minutes),
// `scale`, `soak` (ten minutes), `faults` (kills processes; exits with 1 when a promise was not
// kept).
// Smaller runs: BENCH_SECONDS, BENCH_ROUNDS, BENCH_MOMENTS=100000,1000000, BENCH_STREAMS,
// BENCH_SERVER_KILLS, BENCH_DATABASE_KILLS … A benchmark is not a test.
import { spawn } from 'node:child_process'
import { build } from './lib/builds.mjs'
import { ensureInstalled } from './lib/install.mjs'
import { root } from './lib/processes.mjs'
import { main } from './lib/say.mjs'

await main(async () => {
  await ensureInstalled()
  await build()
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', 'bench/main.ts', ...process.argv.slice(2)],
    { cwd: root, stdio: 'inherit' },
  )
  process.exitCode = await new Promise((resolve) => child.on('close', (code) => resolve(code ?? 1)))
})
