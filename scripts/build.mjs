// npm run build — everything, for production.
import { build } from './lib/builds.mjs'
import { ensureInstalled } from './lib/install.mjs'
import { main } from './lib/say.mjs'

await main(async () => {
  await ensureInstalled()
  await build({ force: true })
})
