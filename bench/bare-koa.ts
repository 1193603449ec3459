// What Koa alone can do: the yardstick of the signature endpoint. Prints its port.
import { createServer } from 'node:http'
import Koa from 'koa'

const koa = new Koa()
koa.use((context) => {
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
