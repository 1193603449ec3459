import { get } from 'node:http'
import { expect, it, onTestFinished } from 'vitest'
import type { DeskEvent } from '../api.ts'
import { openSandbox, type OpenedSandbox } from '../testing/open-sandbox.ts'
import { readEvents } from '../client.ts'

async function listen({ origin }: OpenedSandbox): Promise<() => Promise<DeskEvent | undefined>> {
  const hangUp = new AbortController()
  onTestFinished(() => hangUp.abort())
  const events = readEvents(await fetch(`${origin}/_sandbox/stream`, { signal: hangUp.signal }))
  return async () => (await events.next()).value
}

const say = (text: string, conversationId = 'zhou-lin') => ({
  conversationId,
  from: { kind: 'customer', id: 'linyue' },
  card: { kind: 'text', text },
})

it('begins with the whole state and goes on with what changed', async () => {
  const sandbox = await openSandbox()
  const next = await listen(sandbox)
  const first = await next()
  expect(first?.type).toBe('state')
  await sandbox.post('/_sandbox/messages', say('在吗？'))
  const second = await next()
  if (second?.type !== 'patch') throw new Error('no patch')
  expect(second.customers).toEqual([])
  expect(second.conversations.map(({ id }) => id)).toEqual(['zhou-lin'])
  expect(second.conversations[0]?.messages.at(-1)).toMatchObject({ kind: 'text', text: '在吗？' })
  const { revision, clock } = await sandbox.state()
  expect(second.state).toEqual({ revision, clock: { ...clock, now: expect.any(String) } })
})

it('tells of a person and a chat that nobody knew before', async () => {
  const sandbox = await openSandbox({ scene: 'demo' })
  const next = await listen(sandbox)
  await next()
  const { members, customers } = await sandbox.state()
  const pair = customers.flatMap((customer) =>
    members
      .filter(({ id }) => !customer.follows.some(({ memberId }) => memberId === id))
      .map(({ id }) => ({ memberId: id, customerId: customer.id })),
  )[0]
  await sandbox.post('/_sandbox/follows', pair)
  const event = await next()
  if (event?.type !== 'patch') throw new Error('no patch')
  expect(event.customers.map(({ id }) => id)).toEqual([pair?.customerId])
  expect(event.conversations[0]?.participants.map(({ id }) => id)).toContain(pair?.memberId)
})

it('tells the whole state after a reset', async () => {
  const sandbox = await openSandbox()
  const next = await listen(sandbox)
  await next()
  await sandbox.post('/_sandbox/reset', { scene: 'empty' })
  expect(await next()).toMatchObject({ type: 'state', state: { scene: 'empty', customers: [] } })
})

it('keeps nothing for a reader who does not read but what has changed at last', async () => {
  const sandbox = await openSandbox()
  const messages = 100
  const reading = new Promise<{ lines: number; last: string }>((resolve, reject) => {
    const request = get(`${sandbox.origin}/_sandbox/stream`, (reply) => {
      onTestFinished(() => void request.destroy())
      reply.pause()
      const write = async () => {
        for (let count = 1; count <= messages; count += 1)
          await sandbox.post('/_sandbox/messages', say(`${count} `.padEnd(10_000, '长')))
      }
      let [text, lines, last] = ['', 0, '']
      reply.setEncoding('utf8').on('data', (part: string) => {
        const events = (text + part).split('\n\n')
        text = events.pop() ?? ''
        lines += events.length
        last = events.at(-1) ?? last
        if (last.includes(`"${messages} `)) resolve({ lines, last })
      })
      write().then(() => reply.resume(), reject)
    })
    request.on('error', reject)
  })
  const { lines, last } = await reading
  expect(lines).toBeLessThan(messages)
  expect(last).toContain('"1 ')
})
