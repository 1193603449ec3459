// @vitest-environment node
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { axiosTransport } from './http.ts'

let server: Server | undefined
async function serve(listener: RequestListener): Promise<string> {
  server = createServer(listener)
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
afterEach(() => {
  server?.closeAllConnections()
  server?.close()
})
const request = {
  method: 'GET' as const,
  path: '/api/x',
  headers: {},
  body: undefined,
  timeoutMs: 2_000,
  signal: undefined,
}

describe('the axios transport', () => {
  it('gives every status as an answer, JSON parsed and a proxy page as text', async () => {
    const base = await serve((incoming, answer) => {
      answer.statusCode = incoming.url === '/api/x' ? 409 : 502
      answer.end(
        incoming.url === '/api/x' ? '{"code":"workorder_closed"}' : '<html>Bad Gateway</html>',
      )
    })
    const send = axiosTransport(base)
    await expect(send(request)).resolves.toEqual({
      status: 409,
      body: { code: 'workorder_closed' },
    })
    await expect(send({ ...request, path: '/api/y' })).resolves.toEqual({
      status: 502,
      body: '<html>Bad Gateway</html>',
    })
  })

  it('hands on what a busy server wishes', async () => {
    const base = await serve((_, answer) => answer.writeHead(429, { 'Retry-After': '9' }).end('{}'))
    await expect(axiosTransport(base)(request)).resolves.toMatchObject({
      status: 429,
      retryAfter: '9',
    })
  })

  it('sends JSON and its headers', async () => {
    const base = await serve((incoming, answer) => {
      let body = ''
      incoming.on('data', (chunk: Buffer) => (body += chunk.toString()))
      incoming.on('end', () =>
        answer.end(
          JSON.stringify({
            body,
            type: incoming.headers['content-type'],
            key: incoming.headers['idempotency-key'],
          }),
        ),
      )
    })
    const headers = { 'Content-Type': 'application/json', 'Idempotency-Key': 'k' }
    const reply = await axiosTransport(base)({
      ...request,
      method: 'POST',
      headers,
      body: { name: '林悦' },
    })
    expect(reply.body).toEqual({ body: '{"name":"林悦"}', type: 'application/json', key: 'k' })
  })

  it('tells a silent server, a broken line and a caller who gave up apart', async () => {
    const base = await serve((incoming, answer) => {
      if (incoming.url === '/api/broken') answer.destroy()
    })
    const send = axiosTransport(base)
    await expect(send({ ...request, timeoutMs: 40 })).rejects.toMatchObject({
      name: 'ConnectionError',
      code: 'timeout',
    })
    await expect(send({ ...request, path: '/api/broken' })).rejects.toMatchObject({
      code: 'network',
    })
    const giveUp = new AbortController()
    const sent = send({ ...request, signal: giveUp.signal })
    giveUp.abort()
    await expect(sent).rejects.toMatchObject({ code: 'cancelled' })
  })
})
