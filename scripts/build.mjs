// npm run build — everything, for production.
import { build } from './builds.mjs'
import { ensureInstalled } from './install.mjs'
import { main } from './say.mjs'

await main(async () => {
  await ensureInstalled()
  await build({ force: true })
})
