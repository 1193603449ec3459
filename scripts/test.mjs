// npm test — the checks, then the journeys in a real browser. It needs Node and npm, nothing else.
import { ensureChromium } from './lib/chromium.mjs'
import { ensureInstalled } from './lib/install.mjs'
import { main } from './lib/say.mjs'

await main(async () => {
  const begun = Date.now()
  await ensureInstalled()
  const chromium = await ensureChromium()
  // The checks import packages, which are there only now.
  const { checkAll, close, journeys, Tally } = await import('./lib/checks.mjs')
  const tally = new Tally()
  await checkAll(tally)
  await tally.step('journeys', () => journeys(tally, chromium))
  close(tally, begun)
})
