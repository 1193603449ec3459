import { sql } from 'drizzle-orm'
import { request } from 'node:http'
import * as v from 'valibot'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Problem as ProblemBody } from '../../../shared/contract/errors.ts'
import { makeTestApp, type TestApp } from '../../testing/test-app.ts'
import { openLog } from './operator/logging.ts'
import { Problem } from '../problem.ts'

let app: TestApp
beforeAll(async () => {
  app = await makeTestApp()
})
afterAll(() => app.stop())

const identityId = '0193a3c4-0000-7000-8000-000000000001'

async function problemOf(response: Response): Promise<ProblemBody> {
  expect(response.headers.get('content-type')).toContain('application/problem+json')
  const problem = v.parse(ProblemBody, await response.json())
  expect(problem.status).toBe(response.status)
  expect(problem.requestId).toBe(response.headers.get('x-request-id'))
  return problem
}

async function post(
  path: string,
  body: string,
  headers: Record<string, string> = {},
): Promise<ProblemBody> {
  return problemOf(
    await app.fetch(path, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json', ...headers },
    }),
  )
}

describe('a body', () => {
  it('that is not JSON is refused with what is wrong in it', async () => {
    expect(await post('/api/h5/session', '{"ticket": "half')).toMatchObject({
      status: 400,
      code: 'malformed_json',
    })
  })

  it('in broken UTF-8 is refused as malformed', async () => {
    const response = await app.fetch('/api/h5/session', {
      method: 'POST',
      body: new Uint8Array([0x22, 0xff, 0x22]),
      headers: { 'content-type': 'application/json' },
    })
    expect(await problemOf(response)).toMatchObject({ code: 'malformed_json' })
  })

  it('with a field that nobody knows is refused by the name of the field', async () => {
    const problem = await post(
      '/api/h5/session',
      JSON.stringify({ ticket: 'a'.repeat(32), verifier: 'v'.repeat(43), admin: true }),
    )
    expect(problem).toMatchObject({
      status: 400,
      code: 'invalid_request',
      errors: [{ field: 'admin' }],
    })
  })

  it('with a character that cannot be stored is refused by the name of its field', async () => {
    expect(
      await post(
        '/api/h5/session',
        JSON.stringify({ ticket: '\u0000'.repeat(32), verifier: 'v'.repeat(43) }),
      ),
    ).toMatchObject({
      status: 400,
      errors: [{ field: 'ticket' }],
    })
    const init = {
      method: 'PUT',
      body: JSON.stringify({ state: 'failed', reason: 'a\u0000b' }),
      headers: { 'content-type': 'application/json' },
    }
    expect(
      await problemOf(
        await app.fetch(`/api/shares/${identityId}/state`, init, app.member('zhang')),
      ),
    ).toMatchObject({
      status: 400,
      errors: [{ field: 'reason' }],
    })
    expect(
      await problemOf(await app.fetch('/api/materials?q=%00', {}, app.member('zhang'))),
    ).toMatchObject({
      status: 400,
      errors: [{ field: 'q' }],
    })
  })

  it('that is a form is refused: another site could send it without asking', async () => {
    expect(
      await post('/api/h5/session', 'ticket=1', {
        'content-type': 'application/x-www-form-urlencoded',
      }),
    ).toMatchObject({
      status: 415,
    })
  })

  it('of 20 MB is refused before it is sent', async () => {
    const { status, sent } = await announce(20 * 1024 * 1024, 64 * 1024)
    expect(status).toBe(413)
    expect(sent).toBeLessThan(1024 * 1024)
  })

  it('of 20 MB without an announced length is refused once it is over the limit', async () => {
    const problem = await post('/api/h5/session', 'x'.repeat(20 * 1024 * 1024))
    expect(problem).toMatchObject({ status: 413, code: 'body_too_large' })
  })

  /** Announces the length of the body, sends only its beginning and waits for the answer. */
  function announce(
    length: number,
    begin: number,
  ): Promise<{ status: number | undefined; sent: number }> {
    return new Promise((resolve, reject) => {
      const call = request(`${app.url}/api/h5/session`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'content-length': length },
      })
      call.on('response', (response) => {
        response.resume()
        resolve({ status: response.statusCode, sent: begin })
        call.destroy()
      })
      call.on('error', reject)
      call.write('x'.repeat(begin))
    })
  }
})

describe('an address', () => {
  it('that leads nowhere is a 404 with a code', async () => {
    expect(await problemOf(await app.fetch('/api/nothing'))).toMatchObject({
      status: 404,
      code: 'not_found',
    })
  })

  it('called with the wrong method is a 405 that names the right ones', async () => {
    const response = await app.fetch('/api/h5/session')
    expect(response.headers.get('allow')).toContain('POST')
    expect(await problemOf(response)).toMatchObject({ status: 405, code: 'method_not_allowed' })
  })

  it('with an unknown query parameter is refused by its name', async () => {
    const response = await app.fetch(
      '/api/wecom/signature?kind=agent&url=http://localhost/&debug=1',
      {},
      app.member('zhang'),
    )
    expect(await problemOf(response)).toMatchObject({ status: 400, errors: [{ field: 'debug' }] })
  })

  it('with a parameter given twice is refused', async () => {
    const response = await app.fetch(
      '/api/wecom/signature?kind=agent&kind=corp&url=http://localhost/',
      {},
      app.member('zhang'),
    )
    expect(await problemOf(response)).toMatchObject({ status: 400, errors: [{ field: 'kind' }] })
  })
})

describe('a session', () => {
  it('is needed where the contract says so', async () => {
    expect(await problemOf(await app.fetch('/api/session'))).toMatchObject({
      status: 401,
      code: 'unauthenticated',
    })
  })

  it('whose token somebody has changed is refused', async () => {
    const { Authorization = '' } = app.visitor(identityId)
    const forged = Authorization.replace(
      /\.(.)/,
      (_, first: string) => `.${first === 'A' ? 'B' : 'A'}`,
    )
    expect(
      await problemOf(await app.fetch('/api/session', {}, { Authorization: forged })),
    ).toMatchObject({
      status: 401,
      code: 'unauthenticated',
    })
  })

  it('that is too old is refused with a code of its own, also when it was fine before', async () => {
    const own = await makeTestApp({ beside: app })
    const as = own.member('zhang')
    expect((await own.fetch('/api/materials', {}, as)).status).toBe(200)
    own.clock.advance(3_600_001)
    expect(await problemOf(await own.fetch('/api/materials', {}, as))).toMatchObject({
      status: 401,
      code: 'session_expired',
    })
    own.clock.advance(-3_600_001)
    await own.stop()
  })

  it('of a visitor whom nobody knows any more has ended', async () => {
    expect(
      await problemOf(await app.fetch('/api/session', {}, app.visitor(identityId))),
    ).toMatchObject({
      status: 401,
      code: 'unauthenticated',
    })
  })

  it('of a visitor opens nothing that is for members', async () => {
    expect(
      await problemOf(await app.fetch('/api/materials', {}, app.visitor(identityId))),
    ).toMatchObject({
      status: 403,
      code: 'forbidden',
    })
  })

  it('of a member is not taken as a bearer token', async () => {
    const { Cookie = '' } = app.member('zhang')
    const response = await app.fetch(
      '/api/materials',
      {},
      { Authorization: `Bearer ${Cookie.split('=')[1] ?? ''}` },
    )
    expect(await problemOf(response)).toMatchObject({ status: 401 })
  })

  it('in a cookie cannot be used by another site', async () => {
    const init = {
      method: 'POST',
      body: '{}',
      headers: { 'content-type': 'application/json', origin: 'https://evil.example.com' },
    }
    expect(
      await problemOf(await app.fetch('/api/shares', init, app.member('zhang'))),
    ).toMatchObject({ status: 403, code: 'forbidden' })
    const own = { ...init, headers: { ...init.headers, origin: app.url } }
    expect(await problemOf(await app.fetch('/api/shares', own, app.member('zhang')))).toMatchObject(
      { status: 400 },
    )
  })
})

describe('a caller', () => {
  it('who calls too often is told when to come back', async () => {
    const strict = await makeTestApp({ env: { RATE_LIMIT: '3' } })
    const statuses: number[] = []
    for (let i = 0; i < 4; i += 1) statuses.push((await strict.fetch('/api/settings')).status)
    expect(statuses).toEqual([200, 200, 200, 429])
    const response = await strict.fetch('/api/settings')
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(await problemOf(response)).toMatchObject({ code: 'too_many_requests' })
    await strict.stop()
  })
})

describe('the built apps', () => {
  it('may be framed by WeCom and run no foreign script', async () => {
    const response = await app.fetch('/sidebar/')
    const policy = response.headers.get('content-security-policy') ?? ''
    expect(policy).toContain("frame-ancestors 'self' https://*.work.weixin.qq.com")
    expect(policy).toContain("script-src 'self'")
    expect(response.headers.get('x-frame-options')).toBeNull()
  })

  it('give nothing from outside of their folder', async () => {
    for (const path of [
      '/sidebar/..%2f..%2fpackage.json',
      '/sidebar/%2e%2e/%2e%2e/package.json',
      '/h5/..%5c..%5cpackage.json',
    ]) {
      const response = await app.fetch(path)
      expect(response.status).toBeGreaterThanOrEqual(400)
      expect(await response.text()).not.toContain('dependencies')
    }
  })
})

describe('a log', () => {
  it('of a failed statement holds its text, and nothing that somebody wrote', async () => {
    const lines: string[] = []
    const log = openLog({ logLevel: 'info' }, { write: (line) => lines.push(line) })
    const failure = await app.db
      .execute(sql`select ${'13812340017'}::uuid, ${'林悦'}::text`)
      .catch((error: unknown) => error)
    log.error({ err: failure }, 'unexpected error')
    log.error({ err: new Error('a page failed', { cause: failure }) }, 'unexpected error')
    log.error({ err: new Problem('unavailable', 'later', { cause: failure }) }, 'unexpected error')
    expect(lines).toHaveLength(3)
    for (const line of lines)
      expect(line).toMatch(/select \$1::uuid[^]*invalid input syntax for type uuid/)
    expect(lines.join()).not.toMatch(/13812340017|林悦/)
  })
})

describe('what operators read', () => {
  it('is counted by route, never by address', async () => {
    await app.fetch('/api/materials/0193a3c4-0000-7000-8000-00000000abcd', {}, app.member('zhang'))
    const metrics = await (await app.fetch('/metrics')).text()
    expect(metrics).toContain('route="/api/materials/:id"')
    expect(metrics).not.toContain('00000000abcd')
  })

  it('is closed to others when a token is set', async () => {
    const closed = await makeTestApp({ env: { METRICS_TOKEN: 'sixteen-characters' } })
    expect((await closed.fetch('/metrics')).status).toBe(403)
    expect(
      (await closed.fetch('/metrics', {}, { Authorization: 'Bearer sixteen-characters' })).status,
    ).toBe(200)
    await closed.stop()
  })

  it('says that the platform is down when it could not be reached, and forgets that after a minute', async () => {
    const alone = await makeTestApp()
    await alone.fetch(
      `/api/wecom/signature?kind=agent&url=${alone.url}/`,
      {},
      alone.member('zhang'),
    )
    const response = await alone.fetch('/api/health')
    expect([response.status, await response.json()]).toMatchObject([
      503,
      { status: 'degraded', platform: { status: 'down' } },
    ])
    alone.clock.advance(61_000)
    expect((await alone.fetch('/api/health')).status).toBe(200)
    await alone.stop()
  })

  it('says that the database is down, and nothing of where it is', async () => {
    const alone = await makeTestApp()
    const pool = alone.db.$client
    const { rows } = await pool.query<{ name: string }>('select current_database() as name')
    const name = rows[0]?.name ?? ''
    const elsewhere = new pg.Client({
      connectionString: pool.options.connectionString?.replace(/\/[^/]*$/, '/postgres'),
    })
    await elsewhere.connect()
    await elsewhere.query(`alter database "${name}" allow_connections false`)
    await elsewhere.query(
      'select pg_terminate_backend(pid) from pg_stat_activity where datname = $1',
      [name],
    )
    await elsewhere.end()
    const response = await alone.fetch('/api/health')
    const text = await response.text()
    expect([response.status, JSON.parse(text)]).toMatchObject([
      503,
      { database: { status: 'down' } },
    ])
    expect(text).not.toContain(name)
    await alone.stop()
  })

  it('is healthy while everything works', async () => {
    expect(await (await app.fetch('/api/health')).json()).toMatchObject({
      status: 'ok',
      database: { status: 'up' },
    })
  })
})
