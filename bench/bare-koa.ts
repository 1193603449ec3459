// What Koa alone can do, as a measure for our endpoints. It answers a GET with a constant. For a
// POST it reads and parses the body as we do. It prints its port.
import { createServer } from 'node:http'
import Koa from 'koa'
import { jsonLimit, readJson } from '../server/base/http/body.ts'

const koa = new Koa()
koa.use(async (context) => {
  if (context.method === 'POST') {
    await readJson(context, { bytes: jsonLimit, patienceMs: 30_000 })
    context.body = { accepted: 1, refused: [] }
    return
  }
  context.body = {
    corpId: 'ww7c1d4e0fa2b95836',
    agentId: '1000002',
    timestamp: 1_700_000_000,
    nonceStr: 'nonce',
    signature: 'signature',
    url: 'url',
  }
})
const server = createServer(koa.callback())
server.listen(0, '127.0.0.1', () => process.send?.(server.address()))
process.on('disconnect', () => process.exit())
