// npm run sandbox — WeCom and WeChat alone, for any project: no server of ours, no database.
// docs/sandbox.md says how to point a client at it.
import { build } from './lib/builds.mjs'
import { ensureInstalled } from './lib/install.mjs'
import { lastWords, miniprogram, port, requireFree, entryOf, untilStopped } from './lib/launch.mjs'
import { answered, start } from './lib/processes.mjs'
import { bold, dim, main, step, Stop } from './lib/say.mjs'

await main(async () => {
  console.log(`\n${bold('Chatside sandbox')}\n`)
  const ports = {
    SANDBOX_PORT: port('SANDBOX_PORT', 3100),
    SANDBOX_WEBVIEW_PORT: port('SANDBOX_WEBVIEW_PORT', 3101),
  }
  await requireFree(ports)
  await ensureInstalled()
  await build({ only: ['desk', 'inspector', 'sandbox'] })
  const origin = `http://localhost:${ports.SANDBOX_PORT}`
  const env = {
    ...process.env,
    SANDBOX_PORT: String(ports.SANDBOX_PORT),
    SANDBOX_WEBVIEW_PORT: String(ports.SANDBOX_WEBVIEW_PORT),
    SANDBOX_MINIPROGRAM: process.env.SANDBOX_MINIPROGRAM ?? miniprogram,
  }
  const sandbox = start('sandbox', entryOf('sandbox'), { env })
  const answer = await step('starting', () =>
    answered(`${origin}/_sandbox/credentials`, sandbox),
  ).catch((error) => {
    throw lastWords(error) ? new Stop(lastWords(error)) : error
  })
  const { env: credentials } = /** @type {{ env: Record<string, string> }} */ (await answer.json())
  const webview = `http://localhost:${ports.SANDBOX_WEBVIEW_PORT}`
  const upstream = process.env.SANDBOX_UPSTREAM ?? 'http://127.0.0.1:3000'
  console.log(`
  The desk       ${bold(`${origin}/`)}
  The inspector  ${origin}/_sandbox/
  WeCom          ${origin}/wecom    instead of https://qyapi.weixin.qq.com
  WeChat         ${origin}/wechat   instead of https://api.weixin.qq.com
  Sign-in pages  ${origin}/open     instead of https://open.weixin.qq.com
  Your pages     ${webview}    shows SANDBOX_UPSTREAM (${upstream}) inside the two clients
`)
  console.log(dim('  corp, apps and their secrets:'))
  for (const [name, value] of Object.entries(credentials))
    if (/_(ID|SECRET|TOKEN|KEY)$/.test(name)) console.log(dim(`    ${name}=${value}`))
  console.log(
    dim(
      '\n  docs/sandbox.md has one-liners for five languages. Ctrl-C stops it; nothing is kept.\n',
    ),
  )
  await untilStopped({ programs: [sandbox], stop: () => sandbox.stop() })
})
