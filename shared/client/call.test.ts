import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { endpoint } from '../contract/endpoint.ts'
import { makeCall, type ClientOptions } from './call.ts'
import { ConnectionError, ProblemError } from './failures.ts'
import type { TransportReply, TransportRequest } from './transport.ts'

const readRoom = endpoint({
  method: 'GET',
  path: '/api/rooms/:id',
  auth: 'member',
  summary: 'One room',
  params: v.strictObject({ id: v.string() }),
  query: v.strictObject({ q: v.optional(v.string()), limit: v.optional(v.string()) }),
  reply: v.object({ name: v.string() }),
  errors: [],
})
const createRoom = endpoint({
  method: 'POST',
  path: '/api/rooms',
  auth: 'member',
  summary: 'A new room',
  idempotent: true,
  body: v.strictObject({ name: v.string() }),
  reply: v.object({ name: v.string() }),
  errors: [],
})
const renameRoom = endpoint({ ...createRoom, method: 'PUT', idempotent: false } as const)

const problem = (code: string, status: number, more = {}) => ({
  status,
  body: { type: 'about:blank', title: code, status, code, detail: `about ${code}`, ...more },
})

/** Returns a transport that answers from a list and remembers the requests. */
function answering(
  replies: (TransportReply | ConnectionError)[],
  options: Omit<ClientOptions, 'transport'> = {},
) {
  const asked: TransportRequest[] = []
  const call = makeCall({
    ...options,
    transport: (request) => {
      asked.push(request)
      const reply = replies[asked.length - 1]
      if (!reply) throw new Error('asked more often than expected')
      return reply instanceof ConnectionError ? Promise.reject(reply) : Promise.resolve(reply)
    },
  })
  return { call, asked }
}

describe('a call', () => {
  it('fills the path and the query and leaves out what is not given', async () => {
    const { call, asked } = answering([{ status: 200, body: { name: '一号' } }])
    const room = await call(readRoom, {
      params: { id: 'a/b 中' },
      query: { q: 'x&y', limit: undefined },
    })
    expect(room.name).toBe('一号')
    expect(asked[0]?.path).toBe('/api/rooms/a%2Fb%20%E4%B8%AD?q=x%26y')
  })

  it('turns problem details into a typed failure with the bad fields and the platform', async () => {
    const platform = { errcode: 84061, errmsg: 'not external contact', fix: 'fix' }
    const { call } = answering([
      problem('contact_not_followed', 403, {
        errors: [{ field: 'body.name', message: 'empty' }],
        platform,
      }),
    ])
    const failure = await call(readRoom, { params: { id: '1' }, query: {} }).catch(
      (thrown: unknown) => thrown,
    )
    expect(failure).toBeInstanceOf(ProblemError)
    expect(failure).toMatchObject({
      code: 'contact_not_followed',
      status: 403,
      detail: 'about contact_not_followed',
      platform,
      errors: [{ field: 'body.name' }],
    })
  })

  it("does not take a proxy's page or a reply in another shape for an answer", async () => {
    const { call } = answering([
      { status: 502, body: '<html>Bad Gateway</html>' },
      { status: 200, body: { title: 1 } },
    ])
    for (let i = 0; i < 2; i++) {
      const failure = await call(readRoom, { params: { id: '1' }, query: {} }).catch(
        (thrown: unknown) => thrown,
      )
      expect(failure).toMatchObject({ name: 'ConnectionError', code: 'unexpected_reply' })
    }
  })

  it('says for how long a busy server wishes to be left alone, whoever answered for it', async () => {
    const { call } = answering([
      { ...problem('too_many_requests', 429), retryAfter: '17' },
      { status: 503, body: '<html>Busy</html>', retryAfter: '5' },
      { ...problem('unavailable', 503), retryAfter: 'Wed, 25 Nov 2026 08:00:00 GMT' },
    ])
    const failures: unknown[] = []
    for (let i = 0; i < 3; i++)
      failures.push(
        await call(readRoom, { params: { id: '1' }, query: {} }).catch((thrown: unknown) => thrown),
      )
    expect(failures).toMatchObject([
      { retryAfterMs: 17_000 },
      { retryAfterMs: 5_000 },
      { retryAfterMs: undefined },
    ])
  })

  it('asks once more when a read or a keyed create got lost, but never repeats another write', async () => {
    const lost = new ConnectionError('network', 'socket hang up')
    const read = answering([lost, { status: 200, body: { name: 'a' } }])
    await expect(read.call(readRoom, { params: { id: '1' }, query: {} })).resolves.toEqual({
      name: 'a',
    })
    const create = answering([lost, { status: 200, body: { name: 'a' } }])
    await create.call(createRoom, { body: { name: 'a' }, idempotencyKey: 'k1' })
    expect(create.asked.map((request) => request.headers['Idempotency-Key'])).toEqual(['k1', 'k1'])
    const twice = answering([lost, lost])
    await expect(twice.call(readRoom, { params: { id: '1' }, query: {} })).rejects.toMatchObject({
      code: 'network',
    })
    const rename = answering([lost])
    await expect(rename.call(renameRoom, { body: { name: 'a' } })).rejects.toMatchObject({
      code: 'network',
    })
    expect(rename.asked).toHaveLength(1)
  })

  it('signs in again once for several calls that expired together, and sends each of them again', async () => {
    let token = 'old'
    let renewals = 0
    const asked: string[] = []
    const call = makeCall({
      authorize: () => ({ Authorization: token }),
      renew: async () => {
        renewals++
        await Promise.resolve()
        token = 'new'
        return true
      },
      transport: async (request) => {
        asked.push(request.headers.Authorization ?? '')
        return request.headers.Authorization === 'old'
          ? problem('session_expired', 401)
          : { status: 200, body: { name: 'a' } }
      },
    })
    await Promise.all([
      call(readRoom, { params: { id: '1' }, query: {} }),
      call(renameRoom, { body: { name: 'a' } }),
    ])
    expect(renewals).toBe(1)
    expect(asked).toEqual(['old', 'old', 'new', 'new'])
  })

  it('gives up when signing in again does not help', async () => {
    const { call, asked } = answering(
      [problem('session_expired', 401), problem('session_expired', 401)],
      { renew: async () => true },
    )
    await expect(
      call(createRoom, { body: { name: 'a' }, idempotencyKey: 'k' }),
    ).rejects.toMatchObject({ code: 'session_expired' })
    expect(asked).toHaveLength(2)
  })
})
