import { createServer } from 'node:net'

/**
 * The range of ports of each worker. It lies below the ports of outgoing connections (32768 and
 * up), so that nobody takes the port between finding and using it.
 */
const worker = Number(process.env['VITEST_POOL_ID'] ?? 0) % 12
const first = 12_000 + worker * 1_600
const last = first + 1_599
let next = first + (process.pid % 400) * 4

export async function freePort(): Promise<number> {
  for (let tries = 0; tries < last - first; tries += 1) {
    const port = next
    next = next >= last ? first : next + 1
    if (await isFree(port)) return port
  }
  throw new Error(`no free port between ${first} and ${last}`)
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}
