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
  // Nothing stands in front of this server, so the machine that runs it may read its metrics.
  app = await makeTestApp({ env: { TRUSTED_PROXIES: '0' } })
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
    // Half an emoji cannot stand in an address of WeChat either.
    const half = JSON.stringify({ appId: 'wx5e1f8c27d90b643a', code: 'a\ud83d' })
    expect(await post('/api/miniprogram/session', half)).toMatchObject({
      status: 400,
      errors: [{ field: 'code' }],
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
    let poured = 0
    const body = new ReadableStream({
      pull(controller) {
        poured += 64 * 1024
        if (poured > 20 * 1024 * 1024) controller.close()
        else controller.enqueue(new Uint8Array(64 * 1024))
      },
    })
    // A stream goes out in chunks, without its length.
    const init = { method: 'POST', body, duplex: 'half' } as RequestInit
    const headers = { 'content-type': 'application/json' }
    const response = await app.fetch('/api/h5/session', { ...init, headers })
    expect(await problemOf(response)).toMatchObject({ status: 413, code: 'body_too_large' })
    expect(poured).toBeLessThan(10 * 1024 * 1024)
  })

  it('of exactly the limit is read, and of one byte more is not', async () => {
    const most = 1024 * 1024
    const text = (length: number) => JSON.stringify({ ticket: 'x'.repeat(length - 13) })
    expect(text(most)).toHaveLength(most)
    expect(await post('/api/h5/session', text(most))).toMatchObject({ status: 400 })
    expect(await post('/api/h5/session', text(most + 1))).toMatchObject({ status: 413 })
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
    // An hour, less than the seconds that this test may take.
    own.clock.advance(3_600_000 - 60_000)
    expect((await own.fetch('/api/materials', {}, as)).status).toBe(200)
    own.clock.advance(60_001)
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
  async function statuses(strict: TestApp, path: string, times: number, as = {}) {
    const got: number[] = []
    for (let i = 0; i < times; i += 1) got.push((await strict.fetch(path, {}, as)).status)
    return got
  }

  it('without a session who calls too often is told when to come back', async () => {
    const strict = await makeTestApp({ env: { RATE_LIMIT: '3' } })
    expect(await statuses(strict, '/api/settings', 4)).toEqual([200, 200, 200, 429])
    const response = await strict.fetch('/api/settings')
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(await problemOf(response)).toMatchObject({ code: 'too_many_requests' })
    await strict.stop()
  })

  it('with a session has a limit of their own: a colleague, a customer and a stranger go on', async () => {
    const strict = await makeTestApp({ env: { RATE_LIMIT: '3' } })
    const path = '/api/materials'
    expect(await statuses(strict, path, 4, strict.member('zhang'))).toEqual([200, 200, 200, 429])
    expect(await statuses(strict, path, 1, strict.member('li'))).toEqual([200])
    // Two customers are two; that nobody knows them is not what this is about.
    const other = '0193a3c4-0000-7000-8000-000000000002'
    for (const who of [strict.visitor(identityId), strict.visitor(other)])
      expect(await statuses(strict, '/api/session', 4, who)).toEqual([401, 401, 401, 429])
    expect(await statuses(strict, '/api/settings', 1)).toEqual([200])
    // The same member with another cookie is the same member.
    expect(await statuses(strict, path, 1, strict.member('zhang'))).toEqual([429])
    await strict.stop()
  })

  it('behind a trusted proxy is counted by the address that the proxy names, and by no other', async () => {
    const strict = await makeTestApp({ env: { RATE_LIMIT: '1', TRUSTED_PROXIES: '1' } })
    const from = (address: string) => ({ 'X-Forwarded-For': address })
    const path = '/api/settings'
    expect(await statuses(strict, path, 2, from('203.0.113.7'))).toEqual([200, 429])
    expect(await statuses(strict, path, 1, from('203.0.113.8'))).toEqual([200])
    // What the caller wrote stands before what the proxy added.
    expect(await statuses(strict, path, 1, from('198.51.100.1, 203.0.113.7'))).toEqual([429])
    await strict.stop()
    const open = await makeTestApp({ env: { RATE_LIMIT: '1' } })
    expect(await statuses(open, path, 1, from('203.0.113.7'))).toEqual([200])
    expect(await statuses(open, path, 1, from('203.0.113.8'))).toEqual([429])
    await open.stop()
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

  it('are where the bare address leads', async () => {
    const response = await app.fetch('/', { redirect: 'manual' })
    expect(response.status).toBe(302)
    expect(response.headers.get('location')).toMatch(/\/sidebar\/$/)
  })

  it('are asked for at each visit, their files are kept for ever, and a missing file by nobody', async () => {
    for (const at of ['/sidebar/', '/h5/']) {
      const page = await app.fetch(at)
      expect(page.headers.get('cache-control')).toBe('no-cache')
      const [, entry = ''] =
        /<script type="module"[^>]* src="([^"]+)"/.exec(await page.text()) ?? []
      const script = await app.fetch(entry)
      expect([script.status, script.headers.get('cache-control')]).toEqual([
        200,
        'public, max-age=31536000, immutable',
      ])
      // As a page of the build before asks for its parts, twice.
      for (const part of [`${at}assets/index-0ldBu1ld.js`, `${at}assets/index-0ldBu1ld.css`]) {
        const missing = await app.fetch(part)
        expect([missing.status, missing.headers.get('cache-control')]).toEqual([404, 'no-store'])
        expect(missing.headers.get('content-type')).toContain('application/problem+json')
      }
    }
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

describe('a log line', () => {
  it('shows the code of an error, and never a login code under the same name', () => {
    const lines: string[] = []
    const log = openLog({ logLevel: 'info' }, { write: (line) => lines.push(line) })
    const told: [unknown, boolean][] = [
      ['forbidden', true],
      ['platform_refused', true],
      ['ECONNREFUSED', true],
      ['ERR_INVALID_ARG_TYPE', true],
      ['23505', true],
      ['57P01', true],
      [41096, true],
      // Login codes of WeChat and WeCom, and one that somebody made up.
      ['0a3B1cFa1Xq9FH0dL5Ga1u8mTP1B1cF7', false],
      ['y5Bd9wR2bT-8sXUFkM8c2xVQm1T4pLZvhV0oWj3IqYA', false],
      ['0123456789', false],
      ['toString', false],
      [{ js: 'x' }, false],
    ]
    for (const [code, readable] of told) {
      const failure = Object.assign(new Error('a call failed'), { code })
      for (const line of [{ code }, { err: failure }, { answer: { code } }]) {
        lines.length = 0
        log.warn(line, 'a call failed')
        expect(lines[0], String(code)).toContain(
          readable ? `"code":${JSON.stringify(code)}` : '"code":"[secret]"',
        )
      }
    }
  })

  it.each(['token', 'ticket', 'secret', 'authorization', 'cookie', 'js_code', 'session_key'])(
    'shows no %s, whatever it looks like',
    (key) => {
      const lines: string[] = []
      const log = openLog({ logLevel: 'info' }, { write: (line) => lines.push(line) })
      for (const value of ['forbidden', 'ECONNREFUSED', '23505'])
        log.info({ [key]: value, of: { [key]: value }, deep: { er: { [key]: value } } }, 'a line')
      expect(lines.join('')).not.toMatch(/forbidden|ECONNREFUSED|23505/)
    },
  )
})

describe('what operators read', () => {
  it('is counted by route, never by address', async () => {
    await app.fetch('/api/materials/0193a3c4-0000-7000-8000-00000000abcd', {}, app.member('zhang'))
    const metrics = await (await app.fetch('/metrics')).text()
    expect(metrics).toContain('route="/api/materials/:id"')
    expect(metrics).not.toContain('00000000abcd')
  })

  it('is closed to others when a token is set, also to this machine', async () => {
    const env = { METRICS_TOKEN: 'sixteen-characters', TRUSTED_PROXIES: '0' }
    const closed = await makeTestApp({ env })
    const read = async (as = {}) => (await closed.fetch('/metrics', {}, as)).status
    expect(await read()).toBe(403)
    for (const wrong of ['sixteen-character', 'sixteen-characterS', '', 'sixteen-characters1'])
      expect(await read({ Authorization: `Bearer ${wrong}` })).toBe(403)
    expect(await read({ Authorization: 'Bearer sixteen-characters' })).toBe(200)
    await closed.stop()
  })

  it('is closed while nobody has said that no proxy stands in front: one on this machine looks the same', async () => {
    const read = async (server: TestApp, as = {}) => (await server.fetch('/metrics', {}, as)).status
    for (const env of [{ TRUSTED_PROXIES: '' }, { TRUSTED_PROXIES: '1' }]) {
      const silent = await makeTestApp({ env })
      expect(await read(silent)).toBe(403)
      await silent.stop()
    }
    expect(await read(app)).toBe(200)
    // The configuration is wrong then, and the proxy proves it.
    for (const name of ['X-Forwarded-For', 'X-Real-IP', 'Forwarded', 'Via'])
      expect(await read(app, { [name]: '203.0.113.7' })).toBe(403)
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
