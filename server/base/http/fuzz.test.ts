import fc from 'fast-check'
import { Agent, request } from 'node:http'
import type * as v from 'valibot'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { endpoints } from '../../../shared/contract/all.ts'
import type { EndpointSpec } from '../../../shared/contract/endpoint.ts'
import { submitWorkorder } from '../../../shared/contract/workorders.ts'
import { getContact } from '../../../shared/contract/contacts.ts'
import { keepPublished } from '../../files/index.ts'
import { near } from '../../testing/fuzz/near.ts'
import {
  encoded,
  nastyBody,
  nastyCursor,
  nastyHeaders,
  nastyPart,
  nastyText,
} from '../../testing/fuzz/values.ts'
import { makeMaterial, makeShare, makeVisitor } from '../../testing/factories.ts'
import { type As, makeTestApp, type TestApp } from '../../testing/test-app.ts'

/**
 * How often each route is called. For a long search:
 * FUZZ_RUNS=1000 npx vitest run --project server server/base/http/fuzz.test.ts
 */
const runs = Number(process.env['FUZZ_RUNS'] ?? 25)
const patienceMs = 30_000 + runs * 400

let app: TestApp
const agent = new Agent({ keepAlive: true, maxSockets: 4 })
/** Texts that the server knows, so that calls get past their first look-up. */
const known: string[] = []
const callers: As[] = []
let file: string
let calls = 0

beforeAll(async () => {
  app = await makeTestApp({ sandbox: true, platformTimeoutMs: 3_000 })
  const rep = app.member('ZhouXiaolan')
  const contact = { externalUserId: 'wmLcT3AAAA9xV2kQe7RbYw1mZsNdP6Jg' }
  const { personId } = await app.call(getContact, { params: contact }, rep)
  const visitor = await makeVisitor(app)
  const materialId = await makeMaterial(app)
  const shareId = await makeShare(app, { materialId })
  const order = await app.call(
    submitWorkorder,
    {
      body: {
        type: 'repair',
        description: 'x',
        contactName: '林悦',
        contactPhone: '13812340017',
        location: { source: 'typed', address: '苏州' },
      },
      idempotencyKey: app.ctx.random.id(),
    },
    visitor.as,
  )
  const { id } = await keepPublished(app.ctx, {
    corpId: app.corpId,
    name: '手册.pdf',
    bytes: Buffer.alloc(5_000),
    mediaType: 'application/pdf',
  })
  file = id
  callers.push(rep, visitor.as, {}, app.member('nobody'))
  const now = app.clock.now()
  known.push(
    ...[materialId, shareId, order.id, personId, visitor.personId, visitor.identityId],
    ...[app.ctx.random.id(), app.ctx.random.id(), '0193a3c4-0000-7000-8000-000000000001'],
    ...[now.toISOString(), new Date(now.getTime() - 60_000).toISOString()],
    ...[contact.externalUserId, 'ZhouXiaolan', app.corpId, 'wx5e1f8c27d90b643a', '1', '20', '0'],
    ...['agent', 'corp', `${app.url}/sidebar/`, '13812340017', 'LC-2024-0815', 'a'.repeat(32)],
    ...['林悦', 'hello', '/h5/', 'single_chat_tools', 'sent', 'material.view'],
  )
})
afterAll(async () => {
  agent.destroy()
  await app.stop()
  if (process.env['FUZZ_RUNS']) process.stdout.write(`${calls} hostile calls\n`)
})

interface Call {
  method: string
  path: string
  headers: Record<string, string>
  body: Buffer | null
}

interface Answer {
  status: number
  type: string
  text: string
}

/** Sends it as it is, without the corrections of `fetch`. A stream is left after its head. */
function send({ method, path, headers, body }: Call): Promise<Answer> {
  calls += 1
  return new Promise((resolve, reject) => {
    const { port } = new URL(app.url)
    const call = request({ host: 'localhost', port, agent, method, path, headers })
    call.on('error', reject)
    call.on('response', (response) => {
      const { statusCode: status = 0 } = response
      const type = response.headers['content-type'] ?? ''
      if (type.startsWith('text/event-stream')) {
        resolve({ status, type, text: '' })
        call.destroy()
        return
      }
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () =>
        resolve({ status, type, text: Buffer.concat(chunks).toString('latin1') }),
      )
    })
    call.end(body ?? undefined)
  })
}

function queryOf(schema: v.GenericSchema | undefined): fc.Arbitrary<string> {
  const names = Object.keys((schema as { entries?: object } | undefined)?.entries ?? {})
  const name = names.length > 0 ? fc.constantFrom(...names, 'other') : fc.constant('other')
  const right = fc.constantFrom(...known).map(encodeURIComponent)
  const value = fc.oneof(
    right,
    nastyPart,
    nastyCursor.map((text) => encoded(text)),
  )
  const whole = schema
    ? near(schema, known).map((record) =>
        new URLSearchParams(
          Object.entries(Object(record) as object).map(([key, one]): [string, string] => [
            key,
            typeof one === 'string' ? one : (JSON.stringify(one) ?? ''),
          ]),
        ).toString(),
      )
    : fc.constant('')
  return fc.oneof(
    fc.constant(''),
    whole.map((text) => `?${text}`),
    fc
      .array(fc.tuple(name, value), { maxLength: 5 })
      .map((pairs) => `?${pairs.map(([key, one]) => `${key}=${one}`).join('&')}`),
  )
}

function pathOf(path: string): fc.Arbitrary<string> {
  const part = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...known).map(encodeURIComponent) },
    { weight: 1, arbitrary: nastyPart },
  )
  return fc
    .array(part, { minLength: 3, maxLength: 3 })
    .map((parts) => path.replace(/:\w+/g, () => parts.pop() ?? 'x'))
}

/** Paths go out as bytes; characters that no client can send are encoded. */
function sendable(path: string): string {
  return Buffer.from(path)
    .toString('latin1')
    .replace(/[^\x21-\x7e]/g, (sign) => `%${sign.charCodeAt(0).toString(16).padStart(2, '0')}`)
}

function callOf({
  method,
  path,
  query,
  body,
}: Pick<EndpointSpec, 'path' | 'query' | 'body'> & { method: string }) {
  const json = body
    ? near(body, known).map((value) => Buffer.from(JSON.stringify(value) ?? ''))
    : nastyBody
  return fc
    .record({
      path: pathOf(path),
      query: queryOf(query),
      caller: fc.constantFrom(...callers),
      headers: fc.oneof(
        { weight: 2, arbitrary: fc.constant({}) },
        { weight: 1, arbitrary: nastyHeaders },
      ),
      key: fc.uuid({ version: 7 }),
      body: fc.oneof({ weight: 5, arbitrary: json }, { weight: 1, arbitrary: nastyBody }),
    })
    .map((one): Call => ({
      method,
      path: sendable(one.path + one.query),
      headers: {
        'content-type': 'application/json',
        'idempotency-key': one.key,
        ...one.caller,
        ...one.headers,
      },
      body: ['GET', 'HEAD', 'DELETE'].includes(method) ? null : one.body,
    }))
}

async function neverFails(calls: fc.Arbitrary<Call>): Promise<void> {
  await fc.assert(
    fc.asyncProperty(calls, async (call) => {
      const { status, type, text } = await send(call)
      expect(status, `${JSON.stringify(call)}\n${text.slice(0, 600)}`).toBeLessThan(500)
      // Node itself answers, without a body, what is not HTTP to it (400, 417, 431).
      if (status >= 400 && call.path.startsWith('/api/') && text !== '')
        expect(type).toContain('application/problem+json')
    }),
    { numRuns: runs, endOnFailure: process.env['FUZZ_SHRINK'] === undefined },
  )
}

/** Erasing ends what the others need, so it comes last. */
const ofContract = Object.entries<EndpointSpec>(endpoints).sort(
  ([one], [other]) => Number(one === 'erasePerson') - Number(other === 'erasePerson'),
)

describe('no input gives a fault of ours', () => {
  test.each(ofContract)(
    'at %s',
    async (_name, endpoint) => {
      await neverFails(callOf(endpoint))
    },
    patienceMs,
  )

  test(
    'at any page outside of the contract',
    async () => {
      const pages = app.app.router.pages.stack
        .filter(({ path }) => !ofContract.some(([, endpoint]) => endpoint.path === path))
        .flatMap(({ path, methods }) =>
          methods.map((method) => ({ method, path: String(path) as `/${string}` })),
        )
      expect(pages.map(({ path }) => path)).toEqual(
        expect.arrayContaining(['/files/:id', '/callbacks/wecom/:connection', '/auth/wecom']),
      )
      for (const page of pages) await neverFails(callOf(page))
    },
    10 * patienceMs,
  )

  test(
    'at the built apps, at a file in parts, and at addresses that nobody has',
    async () => {
      const anywhere = fc
        .tuple(
          fc.constantFrom('/', '/sidebar/', '/h5/', '/api/', `/files/${file}`, '//', '/*'),
          nastyPart,
        )
        .map(([start, rest]) => start + rest)
      const methods = fc.constantFrom(
        'GET',
        'HEAD',
        'POST',
        'PUT',
        'DELETE',
        'OPTIONS',
        'PATCH',
        'TRACE',
      )
      await neverFails(
        fc
          .record({ path: anywhere, method: methods, headers: nastyHeaders })
          .map(({ path, method, headers }) => ({
            method,
            path: sendable(path),
            headers,
            body: null,
          })),
      )
      await neverFails(
        nastyHeaders.map((headers) => ({
          method: 'GET',
          path: `/files/${file}`,
          headers,
          body: null,
        })),
      )
    },
    patienceMs,
  )

  test(
    'when a resume position, a cursor or a search is anything at all',
    async () => {
      const [rep] = callers
      const personId = known[3] ?? ''
      const headers = (id: string) => ({
        ...rep,
        'last-event-id': id.replace(/[^\x20-\x7e]/g, '').slice(0, 7_000),
      })
      await neverFails(
        nastyCursor.map((id) => ({
          method: 'GET',
          path: `/api/persons/${personId}/moments/live`,
          headers: headers(id),
          body: null,
        })),
      )
      for (const path of ['/api/materials', '/api/workorders', `/api/persons/${personId}/moments`])
        for (const name of ['before', 'q', 'kind', 'from', 'to', 'limit'])
          await neverFails(
            fc.oneof(nastyCursor, nastyText).map((value) => ({
              method: 'GET',
              path: sendable(`${path}?${name}=${encoded(value)}`),
              headers: { ...rep },
              body: null,
            })),
          )
    },
    10 * patienceMs,
  )
})
