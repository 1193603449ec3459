import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, it, test } from 'vitest'
import {
  createH5Session,
  createMiniprogramSession,
  getSession,
} from '../../shared/contract/session.ts'
import { contactPushes } from '../contacts/pushes.ts'
import { members } from '../contacts/tables.ts'
import {
  type Browser,
  challengeOf,
  codeOf,
  memberIn,
  openBrowser,
  signInWith,
} from '../testing/browser.ts'
import { callsTo } from '../testing/sandbox.ts'
import { makeTestApp, makeTwoTestApps, type TestApp } from '../testing/test-app.ts'

let app: TestApp
let second: TestApp
beforeAll(async () => {
  ;[app, second] = await makeTwoTestApps({ sandbox: true, platformTimeoutMs: 1_000 })
})
afterAll(() => app.stop())
beforeEach(async () => {
  await app.sandbox?.door('DELETE', 'faults')
  app.clock.advance(11 * 60_000)
})

const userPath = '/cgi-bin/user/get'
const hour = 60 * 60_000

function fault(path: string, how: object, times = 1000) {
  return app.sandbox?.door('POST', 'faults', { path, times, ...how })
}
const asked = (path: string) => callsTo(app, path)
async function signIn(memberId = 'ZhouXiaolan', visitor = openBrowser(app)) {
  const code = await codeOf(app, { kind: 'wecom', memberId })
  return signInWith(visitor, { which: 'wecom', code })
}

describe('a rep who signs in while user/get', () => {
  it.each([
    [60011, 'member_out_of_range', 403],
    [60111, 'member_out_of_range', 403],
    [50002, 'member_out_of_range', 403],
    [48002, 'platform_refused', 502],
    [60020, 'platform_refused', 502],
    [84074, 'platform_refused', 502],
    [999999, 'platform_refused', 502],
  ])('refuses with %i is not let in, and reads what WeCom said', async (errcode, code, status) => {
    await signIn()
    await fault(userPath, { errcode })
    const { end, visitor } = await signIn()
    expect([end.status, visitor.jar.has('chatside_member')]).toEqual([status, false])
    expect(end.text).toContain(code)
    expect(end.text).toContain(String(errcode))
  })

  it('is out of reach is let in by the last answer for four hours, and a stranger never', async () => {
    await signIn()
    await app.db.delete(members).where(sql`${members.userId} <> 'ZhouXiaolan'`)
    await fault(userPath, { status: 500 })
    expect((await signIn()).end.status).toBe(302)
    const stranger = await signIn('HanXue')
    expect([stranger.end.status, stranger.visitor.jar.has('chatside_member')]).toEqual([502, false])
    app.clock.advance(4 * hour + 1_000)
    expect((await signIn()).end.status).toBe(502)
  })

  it('says that the member is outside loses the open sessions too, on both servers; a colleague goes on', async () => {
    const [rep, colleague] = [(await signIn()).visitor, (await signIn('HanXue')).visitor]
    expect(await second.call(getSession, {}, memberIn(rep))).toMatchObject({ kind: 'member' })
    await fault(userPath, { errcode: 60011 }, 1)
    expect((await signIn()).end.status).toBe(403)
    for (const at of [app, second])
      await expect
        .poll(() => at.call(getSession, {}, memberIn(rep)).catch((e: { code: string }) => e.code))
        .toBe('unauthenticated')
    expect(await second.call(getSession, {}, memberIn(colleague))).toMatchObject({ kind: 'member' })
    const back = await signIn()
    expect(await second.call(getSession, {}, memberIn(back.visitor))).toMatchObject({
      member: { userId: 'ZhouXiaolan' },
    })
  })
})

describe('an open session', () => {
  it('is confirmed by WeCom once in ten minutes, and ends with its no; pushes may never come', async () => {
    const { visitor } = await signIn()
    const before = await asked(userPath)
    app.clock.advance(9 * 60_000)
    await app.call(getSession, {}, memberIn(visitor))
    expect(await asked(userPath)).toBe(before)
    app.clock.advance(2 * 60_000)
    await app.call(getSession, {}, memberIn(visitor))
    await app.call(getSession, {}, memberIn(visitor))
    expect(await asked(userPath)).toBe(before + 1)
    app.clock.advance(11 * 60_000)
    await fault(userPath, { errcode: 60111 }, 1)
    await expect(app.call(getSession, {}, memberIn(visitor))).rejects.toMatchObject({
      code: 'member_out_of_range',
    })
    await expect(app.call(getSession, {}, memberIn(visitor))).rejects.toMatchObject({
      code: 'unauthenticated',
    })
  })

  it('goes on while WeCom is out of reach, and does not wait for it each time', async () => {
    const { visitor } = await signIn()
    app.clock.advance(11 * 60_000)
    await fault(userPath, { status: 500 })
    const before = await asked(userPath)
    for (let i = 0; i < 3; i += 1)
      expect(await app.call(getSession, {}, memberIn(visitor))).toMatchObject({ kind: 'member' })
    expect(await asked(userPath)).toBe(before + 1)
  })

  it('is not ended by WeCom’s no to the app itself, which is told', async () => {
    const { visitor } = await signIn()
    app.clock.advance(11 * 60_000)
    await fault(userPath, { errcode: 60020 })
    await expect(app.call(getSession, {}, memberIn(visitor))).rejects.toMatchObject({
      code: 'platform_refused',
      platform: { errcode: 60020 },
    })
    await app.sandbox?.door('DELETE', 'faults')
    app.clock.advance(61_000)
    expect(await app.call(getSession, {}, memberIn(visitor))).toMatchObject({ kind: 'member' })
  })

  it('ends when the member was moved out of the app’s range, and stays when only the name changed', async () => {
    const { visitor } = await signIn()
    const changed = () =>
      contactPushes.wecom?.['change_contact/update_user']?.(app.ctx, {
        corpId: app.corpId,
        event: 'change_contact/update_user',
        message: '<xml><UserID>ZhouXiaolan</UserID><Name>周</Name></xml>',
      })
    await changed()
    expect(await app.call(getSession, {}, memberIn(visitor))).toMatchObject({ kind: 'member' })
    await fault(userPath, { status: 500 }, 1)
    await expect(changed()).rejects.toMatchObject({ code: 'platform_unreachable' })
    await app.sandbox?.door('DELETE', 'faults')
    expect(await app.call(getSession, {}, memberIn(visitor))).toMatchObject({ kind: 'member' })
    await fault(userPath, { errcode: 60011 }, 1)
    await changed()
    await expect(app.call(getSession, {}, memberIn(visitor))).rejects.toMatchObject({
      code: 'unauthenticated',
    })
  })
})

test('a member who leaves while the sign-in is under way is not let in by it', async () => {
  const code = await codeOf(app, { kind: 'wecom', memberId: 'ZhouXiaolan' })
  const visitor = openBrowser(app)
  await signIn()
  const before = await asked(userPath)
  await fault(userPath, { hang: true }, 1)
  const end = signInWith(visitor, { which: 'wecom', code })
  await expect.poll(() => asked(userPath)).toBe(before + 1)
  await contactPushes.wecom?.['change_contact/delete_user']?.(second.ctx, {
    corpId: app.corpId,
    event: 'change_contact/delete_user',
    message: '<xml><UserID>ZhouXiaolan</UserID></xml>',
  })
  await end
  await expect(app.call(getSession, {}, memberIn(visitor))).rejects.toMatchObject({ status: 401 })
  // What WeCom said before the push does not let the member in again while WeCom is silent.
  await fault(userPath, { status: 500 })
  expect((await signIn()).end.status).toBe(502)
})

describe('the ticket of the web sign-in', () => {
  async function ticketFor(visitor: Browser): Promise<string> {
    const code = await codeOf(app, { kind: 'official', customerId: 'linyue' })
    const { end } = await signInWith(visitor, { which: 'wechat', code })
    return end.to?.searchParams.get('ticket') ?? ''
  }

  it('signs nobody in on another page, and is used up by the attempt', async () => {
    const attacker = openBrowser(app)
    const victim = openBrowser(app)
    await ticketFor(victim)
    const ticket = await ticketFor(attacker)
    await expect(
      app.call(createH5Session, { body: { ticket, verifier: victim.verifier } }),
    ).rejects.toMatchObject({ code: 'code_invalid' })
    await expect(
      second.call(createH5Session, { body: { ticket, verifier: attacker.verifier } }),
    ).rejects.toMatchObject({ code: 'code_invalid' })
  })

  it('is not opened by what stands in the address: the digest is not the secret', async () => {
    const visitor = openBrowser(app)
    const ticket = await ticketFor(visitor)
    await expect(
      app.call(createH5Session, { body: { ticket, verifier: challengeOf(visitor.verifier) } }),
    ).rejects.toMatchObject({ code: 'code_invalid' })
  })

  it('of a page over plain http, which can make no digest, is good with its secret alone', async () => {
    const visitor = openBrowser(app)
    const start = await visitor.open(`/auth/wechat?challenge=${visitor.verifier}&method=plain`)
    const code = await codeOf(app, { kind: 'official', customerId: 'linyue' })
    const state = start.to?.searchParams.get('state') ?? ''
    const end = await visitor.open(`/auth/wechat/callback?code=${code}&state=${state}`)
    const ticket = end.to?.searchParams.get('ticket') ?? ''
    expect(
      await app.call(createH5Session, { body: { ticket, verifier: visitor.verifier } }),
    ).toMatchObject({ session: { kind: 'visitor' } })
  })

  it('begins at the page: a link without its challenge leads there, a wrong one is refused', async () => {
    const bare = await openBrowser(app).open('/auth/wechat?to=%2Fh5%2F%3Fa%3D1')
    expect([bare.status, bare.to?.href]).toEqual([302, `${app.url}/h5/?a=1`])
    for (const challenge of ['short', 'ü'.repeat(43), 'x'.repeat(129)]) {
      const page = await openBrowser(app).open(
        `/auth/wechat?challenge=${encodeURIComponent(challenge)}`,
      )
      expect([page.status, page.to]).toEqual([400, null])
    }
  })
})

describe('login codes', () => {
  const appId = 'wx5e1f8c27d90b643a'
  const codePath = '/sns/jscode2session'
  const exchange = (code: string, at = app) =>
    at.call(createMiniprogramSession, { body: { appId, code } })

  it('that are wrong cost one question each, however often they are sent', async () => {
    const before = await asked(codePath)
    for (let i = 0; i < 5; i += 1)
      await expect(exchange('invented again')).rejects.toMatchObject({ code: 'code_invalid' })
    expect(await asked(codePath)).toBe(before + 1)
  })

  it('invented by one address cost sixty questions a minute; good ones cost nothing', async () => {
    const own = await makeTestApp({ beside: app, env: { TRUSTED_PROXIES: '1' } })
    const from = async (ip: string, code: string) => {
      const response = await own.fetch('/api/miniprogram/session', {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-forwarded-for': ip },
        body: JSON.stringify({ appId, code }),
      })
      return response.status
    }
    try {
      for (let i = 0; i < 70; i += 1) {
        const code = await codeOf(app, { kind: 'miniprogram', customerId: 'linyue' })
        expect(await from('198.51.100.7', code)).toBe(200)
      }
      const before = await asked(codePath)
      const junk = await Promise.all(
        Array.from({ length: 80 }, (_, n) => from('198.51.100.7', `junk ${n}`)),
      )
      expect(junk.filter((status) => status === 401)).toHaveLength(60)
      expect(junk.filter((status) => status === 429)).toHaveLength(20)
      expect(await asked(codePath)).toBe(before + 60)
      const good = await codeOf(app, { kind: 'miniprogram', customerId: 'linyue' })
      expect(await from('198.51.100.8', good)).toBe(200)
      app.clock.advance(60_000)
      expect(await from('198.51.100.7', 'junk once more')).toBe(401)
    } finally {
      await own.stop()
    }
  })

  it('of the pages of WeCom and WeChat are counted with them', async () => {
    const own = await makeTestApp({ beside: app })
    try {
      const statuses = []
      for (let i = 0; i < 62; i += 1) {
        const how = { which: i % 2 ? 'wecom' : 'wechat', code: `junk${i}` } as const
        statuses.push((await signInWith(openBrowser(own), how)).end.status)
      }
      expect(statuses.filter((status) => status === 401)).toHaveLength(60)
      expect(statuses.slice(60)).toEqual([429, 429])
    } finally {
      await own.stop()
    }
  })
})

describe('a sign-in that the platform lets wait', () => {
  it('ends with a sentence after the time that a person waits, in each app', async () => {
    const own = await makeTestApp({ beside: app, platformTimeoutMs: 8_000, signInPatienceMs: 300 })
    try {
      await fault(userPath, { hang: true })
      const code = await codeOf(app, { kind: 'wecom', memberId: 'ZhouXiaolan' })
      const { end } = await signInWith(openBrowser(own), { which: 'wecom', code })
      expect([end.status, end.text]).toEqual([502, expect.stringContaining('platform_unreachable')])
      await fault('/sns/jscode2session', { hang: true })
      await expect(
        own.call(createMiniprogramSession, { body: { appId: 'wx5e1f8c27d90b643a', code: 'slow' } }),
      ).rejects.toMatchObject({ code: 'platform_unreachable' })
    } finally {
      await app.sandbox?.door('DELETE', 'faults')
      await own.stop()
    }
  })

  it('does not wait for a token lease that a process with a wrong clock left', async () => {
    await app.db.$client.query(
      `update platform_tokens set value = null, expires_at = null, lease_owner = 'a day ahead',
       lease_until = clock_timestamp() + interval '1 day'`,
    )
    const own = await makeTestApp({ beside: app })
    try {
      const code = await codeOf(app, { kind: 'wecom', memberId: 'ZhouXiaolan' })
      const begun = performance.now()
      const { end } = await signInWith(openBrowser(own), { which: 'wecom', code })
      expect(end.status).toBe(302)
      expect(performance.now() - begun).toBeLessThan(5_000)
    } finally {
      await own.stop()
    }
  })
})
