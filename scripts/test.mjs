// npm test — the checks, then the journeys in a real browser. Assumes Node and npm, nothing else.
import { ensureChromium } from './lib/chromium.mjs'
import { ensureInstalled } from './lib/install.mjs'
import { main } from './lib/say.mjs'

await main(async () => {
  const begun = Date.now()
  await ensureInstalled()
  const chromium = await ensureChromium()
  // Only now are the packages there that the checks import.
  const { checkAll, close, journeys, Tally } = await import('./lib/checks.mjs')
  const tally = new Tally()
  await checkAll(tally)
  await tally.step('journeys', () => journeys(tally, chromium))
  close(tally, begun)
})
