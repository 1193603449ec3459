// npm run check — types, lint, format, dead code, builds, sizes and tests; everything but the
// journeys in a browser.
import { ensureInstalled } from './lib/install.mjs'
import { main } from './lib/say.mjs'

await main(async () => {
  const begun = Date.now()
  await ensureInstalled()
  // The checks import packages, which are there only now.
  const { checkAll, close, Tally } = await import('./lib/checks.mjs')
  const tally = new Tally()
  await checkAll(tally)
  close(tally, begun)
})
