import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createH5Session, getSession } from '../../shared/contract/session.ts'
import { endMemberSessions } from '../base/http/session/ends.ts'
import {
  type Browser,
  codeOf,
  memberIn,
  openBrowser,
  signInWith,
  startWith,
} from '../testing/browser.ts'
import { callsTo } from '../testing/sandbox.ts'
import { makeTwoTestApps, type TestApp } from '../testing/test-app.ts'

/** Two servers behind one address. */
let app: TestApp
let second: TestApp
beforeAll(async () => {
  ;[app, second] = await makeTwoTestApps({ sandbox: true, platformTimeoutMs: 1_000 })
})
afterAll(() => app.stop())
beforeEach(() => app.sandbox?.door('DELETE', 'faults'))

const rep = () => codeOf(app, { kind: 'wecom', memberId: 'ZhouXiaolan' })
const customer = () => codeOf(app, { kind: 'official', customerId: 'linyue' })
const toMaterial = '/h5/?a=1&b=2#/pages/material/index?share=x'

async function whoIs(browser: Browser): Promise<string> {
  const session = await second.call(getSession, {}, memberIn(browser))
  return session.kind === 'member' ? session.member.userId : 'nobody'
}

const asked = (path: string) => callsTo(app, path)

describe('an address that the client opens twice', () => {
  it('leads a rep the same way, one after the other and on another server', async () => {
    const visitor = openBrowser(app)
    const { end, path } = await signInWith(visitor, {
      which: 'wecom',
      code: await rep(),
      to: '/sidebar/?from=chat#/contact',
    })
    visitor.jar.delete('chatside_member')
    const again = await visitor.open(path, second)
    expect([again.status, again.to?.href]).toEqual([302, end.to?.href])
    expect(await whoIs(visitor)).toBe('ZhouXiaolan')
  })

  it('leads a rep the same way when both come at once, on two servers, and asks WeCom once', async () => {
    const before = await asked('/cgi-bin/auth/getuserinfo')
    const visitor = openBrowser(app)
    const { path } = await startWith(visitor, {
      which: 'wecom',
      code: await rep(),
      to: '/sidebar/x',
    })
    const ends = await Promise.all([app, second, app, second].map((at) => visitor.open(path, at)))
    expect(ends.map(({ status, to }) => [status, to?.pathname])).toEqual(
      ends.map(() => [302, '/sidebar/x']),
    )
    expect(await whoIs(visitor)).toBe('ZhouXiaolan')
    expect(await asked('/cgi-bin/auth/getuserinfo')).toBe(before + 1)
  })

  it('leads a customer the same way, with one ticket that is worth one session', async () => {
    const visitor = openBrowser(app)
    const { path } = await startWith(visitor, {
      which: 'wechat',
      code: await customer(),
      to: toMaterial,
    })
    const ends = await Promise.all([app, second].map((at) => visitor.open(path, at)))
    const [one, two] = ends.map(({ to }) => to?.href)
    expect(one).toBe(two)
    const ticket = ends[0]?.to?.searchParams.get('ticket') ?? ''
    const body = { ticket, verifier: visitor.verifier }
    await app.call(createH5Session, { body })
    await expect(second.call(createH5Session, { body })).rejects.toMatchObject({
      code: 'code_invalid',
    })
  })

  it('says the same failure again, with what the platform said', async () => {
    const code = await rep()
    await signInWith(openBrowser(app), { which: 'wecom', code })
    const visitor = openBrowser(app)
    const { end, path } = await signInWith(visitor, { which: 'wecom', code })
    const again = await visitor.open(path, second)
    for (const { status, text } of [end, again]) {
      expect(status).toBe(401)
      expect(text).toMatch(/code_invalid[^]*42022/)
    }
  })

  it('is worth nothing in another browser, also within the minute', async () => {
    const { path } = await signInWith(openBrowser(app), { which: 'wecom', code: await rep() })
    const other = openBrowser(app)
    await other.open('/auth/wecom')
    const end = await other.open(path)
    expect([end.status, other.jar.has('chatside_member')]).toEqual([400, false])
  })

  it('is worth nothing after a minute, and the second before it still is', async () => {
    const visitor = openBrowser(app)
    const { path } = await signInWith(visitor, { which: 'wecom', code: await rep() })
    app.clock.advance(58_000)
    expect((await visitor.open(path)).status).toBe(302)
    app.clock.advance(3_000)
    expect((await visitor.open(path)).text).toContain('state_invalid')
  })

  it('does not let a rep back in who was signed out meanwhile', async () => {
    const visitor = openBrowser(app)
    const { path } = await signInWith(visitor, { which: 'wecom', code: await rep() })
    await endMemberSessions(app.ctx, { corpId: app.corpId, userId: 'ZhouXiaolan' })
    expect((await visitor.open(path)).status).toBe(302)
    await expect
      .poll(() => whoIs(visitor).catch((error: { code: string }) => error.code))
      .toBe('unauthenticated')
    await signInWith(visitor, { which: 'wecom', code: await rep() })
    expect(await whoIs(visitor)).toBe('ZhouXiaolan')
  })
})

/** Returns where the button of a failure page leads. */
function buttonOf({ text }: { text: string }): string {
  const href = /<a href="([^"]*)"/.exec(text)?.[1] ?? ''
  return href.replaceAll('&amp;', '&').replaceAll('&#39;', "'").replaceAll('&quot;', '"')
}

describe('the button of every page about a failed sign-in leads on', () => {
  const to = '/sidebar/?corp=a&x=%22%3E#/contact/<b>'

  async function expectWay(page: { status: number; text: string }): Promise<void> {
    expect(page.status).toBeGreaterThanOrEqual(400)
    const button = buttonOf(page)
    const query = new URL(button, app.url).searchParams
    expect([button.split('?')[0], query.get('to')]).toEqual(['/auth/wecom', to])
    const visitor = openBrowser(app)
    const start = await visitor.open(button)
    const state = start.to?.searchParams.get('state') ?? ''
    const end = await visitor.open(`/auth/wecom/callback?code=${await rep()}&state=${state}`)
    expect([end.status, end.to?.href]).toEqual([302, new URL(to, app.url).href])
  }

  it('to where the rep wanted to go: from a wrong code, a silent WeCom, a refused member', async () => {
    await expectWay((await signInWith(openBrowser(app), { which: 'wecom', code: 'x', to })).end)
    for (const [path, how] of [
      ['/cgi-bin/auth/getuserinfo', { status: 500 }],
      ['/cgi-bin/user/get', { errcode: 60011 }],
    ] as const) {
      await app.sandbox?.door('POST', 'faults', { path, times: 1, ...how })
      await expectWay(
        (await signInWith(openBrowser(app), { which: 'wecom', code: await rep(), to })).end,
      )
    }
    const outside = await codeOf(app, { kind: 'wecom', memberId: 'LiWeidong' })
    await expectWay((await signInWith(openBrowser(app), { which: 'wecom', code: outside, to })).end)
  })

  it('to where the rep wanted to go: without a code, in another browser, used, and hours later', async () => {
    const visitor = openBrowser(app)
    const start = await startWith(visitor, { which: 'wecom', code: '', to })
    await expectWay(await visitor.open(start.path))
    await expectWay(await openBrowser(app).open(start.path))
    const { path } = await signInWith(visitor, { which: 'wecom', code: await rep(), to })
    app.clock.advance(61_000)
    await expectWay(await visitor.open(path))
    const unused = await startWith(visitor, { which: 'wecom', code: await rep(), to })
    app.clock.advance(3 * 60 * 60_000)
    await expectWay(await visitor.open(unused.path))
  })

  it('to where the rep wanted to go, and to the same corp, from the first page', async () => {
    const query = new URLSearchParams({ corp: 'wwsomebodyelse', agent: '1', to })
    const page = await openBrowser(app).open(`/auth/wecom?${query.toString()}`)
    expect(page.status).toBe(404)
    expect(Object.fromEntries(new URL(buttonOf(page), app.url).searchParams)).toEqual({
      corp: 'wwsomebodyelse',
      agent: '1',
      to,
    })
  })

  it('to the page where the customer was, which begins anew with a secret of its own', async () => {
    const how = { which: 'wechat', code: 'x', to: toMaterial } as const
    const { end, path } = await signInWith(openBrowser(app), how)
    expect(buttonOf(end)).toBe(toMaterial)
    expect(buttonOf(await openBrowser(app).open(path))).toBe(toMaterial)
  })

  it('nowhere else: a foreign address is not kept', async () => {
    for (const bad of ['https://evil.example.com/', '//evil.example.com', '/\\evil.example.com']) {
      for (const which of ['wecom', 'wechat']) {
        const page = await openBrowser(app).open(`/auth/${which}?to=${encodeURIComponent(bad)}`)
        expect([page.status, buttonOf(page)]).toEqual([400, `/auth/${which}`])
      }
    }
  })
})
