import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  createH5Session,
  createMiniprogramSession,
  getSession,
} from '../../shared/contract/session.ts'
import { codeOf, memberIn, openBrowser, signInWith, type Who } from '../testing/browser.ts'
import { makeTestApp, type TestApp } from '../testing/test-app.ts'

let app: TestApp
beforeAll(async () => {
  app = await makeTestApp({ sandbox: true, platformTimeoutMs: 1_000 })
})
afterAll(() => app.stop())
beforeEach(async () => {
  await app.sandbox?.door('DELETE', 'faults')
})

const codeFor = (who: Who) => codeOf(app, who)
const browser = (language?: string) => openBrowser(app, language)
const signIn = (which: 'wecom' | 'wechat', code: string, to?: string, visitor = browser()) =>
  signInWith(visitor, { which, code, to })

describe('a rep who signs in', () => {
  it('goes over WeCom’s page with the agent, and comes back to where it started with a session', async () => {
    const { start, end, visitor } = await signIn(
      'wecom',
      await codeFor({ kind: 'wecom', memberId: 'ZhouXiaolan' }),
      '/sidebar/?from=chat#/contact',
    )
    const authorize = start.to
    expect(authorize?.pathname).toBe('/open/connect/oauth2/authorize')
    expect(Object.fromEntries(authorize?.searchParams ?? [])).toMatchObject({
      appid: app.corpId,
      agentid: '1000002',
      response_type: 'code',
      redirect_uri: `${app.ctx.config.publicUrl}/auth/wecom/callback`,
      state: expect.stringMatching(/^[a-zA-Z0-9]{1,128}$/) as string,
    })
    expect(authorize?.hash).toBe('#wechat_redirect')
    expect(end.status).toBe(302)
    expect(end.to?.href).toBe(`${app.url}/sidebar/?from=chat#/contact`)
    const session = await app.call(getSession, {}, memberIn(visitor))
    expect(session).toMatchObject({
      kind: 'member',
      member: { userId: 'ZhouXiaolan', name: '周晓岚' },
      licence: 'not_required',
    })
  })

  it('cannot be sent to another site afterwards', async () => {
    for (const to of [
      'https://evil.example.com/',
      '//evil.example.com/',
      '/\\evil.example.com',
      '\\/evil.example.com',
      'javascript:alert(1)',
      '/\t/evil.example.com',
      'sidebar/',
      '/.//evil.example.com/',
      '/sidebar/..//evil.example.com/',
    ]) {
      for (const which of ['wecom', 'wechat']) {
        const { status, to: location } = await browser().open(
          `/auth/${which}?to=${encodeURIComponent(to)}`,
        )
        expect([to, status, location]).toEqual([to, 400, null])
      }
    }
  })

  it('is told of a link that never was, whatever stands in it', async () => {
    for (const state of ['never', '%00', '%F0%9F%98%80']) {
      const { status, text } = await browser().open(`/auth/wecom/callback?code=1&state=${state}`)
      expect([state, status]).toEqual([state, 400])
      expect(text).toContain('state_invalid')
    }
  })

  it('cannot be signed in by somebody else’s link', async () => {
    const attacker = browser()
    const start = await attacker.open('/auth/wecom')
    const code = await codeFor({ kind: 'wecom', memberId: 'HanXue' })
    const victim = browser()
    const end = await victim.open(
      `/auth/wecom/callback?code=${code}&state=${start.to?.searchParams.get('state') ?? ''}`,
    )
    expect(end.status).toBe(400)
    expect(victim.jar.has('chatside_member')).toBe(false)
  })

  it('cannot be signed in by somebody else’s link while signing in themselves', async () => {
    const start = await browser().open('/auth/wecom')
    const code = await codeFor({ kind: 'wecom', memberId: 'HanXue' })
    const victim = browser()
    await victim.open('/auth/wecom')
    const end = await victim.open(
      `/auth/wecom/callback?code=${code}&state=${start.to?.searchParams.get('state') ?? ''}`,
    )
    expect(end.status).toBe(400)
    expect(victim.jar.has('chatside_member')).toBe(false)
  })

  it('with a used code is told so, with what WeCom said and what to do, in the browser’s language', async () => {
    const code = await codeFor({ kind: 'wecom', memberId: 'ZhouXiaolan' })
    await signIn('wecom', code)
    const chinese = await signIn('wecom', code)
    expect(chinese.end.status).toBe(401)
    expect(chinese.end.text).toMatch(/登录没有成功[^]*code_invalid/)
    const english = await signIn('wecom', code, undefined, browser('en-GB,en;q=0.9'))
    expect(english.end.text).toMatch(/Sign-in failed[^]*code_invalid/)
    expect(english.end.text).not.toContain('<script')
  })

  it('who is outside the app’s visible range is told to ask for it', async () => {
    const { end, visitor } = await signIn(
      'wecom',
      await codeFor({ kind: 'wecom', memberId: 'LiWeidong' }),
    )
    expect(end.status).toBe(403)
    expect(end.text).toMatch(/member_out_of_range|not_a_member/)
    expect(visitor.jar.has('chatside_member')).toBe(false)
  })

  it('is told when WeCom is out of reach', async () => {
    for (const fault of [{ status: 500 }, { html: true }, { hang: true }]) {
      await app.sandbox?.door('POST', 'faults', {
        path: '/wecom/cgi-bin/auth/getuserinfo',
        times: 1,
        ...fault,
      })
      const { end } = await signIn(
        'wecom',
        await codeFor({ kind: 'wecom', memberId: 'ZhouXiaolan' }),
      )
      expect([end.status, end.text]).toEqual([502, expect.stringContaining('platform_unreachable')])
    }
  })

  it('does not notice that WeCom has ended the access token early', async () => {
    await signIn('wecom', await codeFor({ kind: 'wecom', memberId: 'ZhouXiaolan' }))
    await app.sandbox?.door('POST', 'tokens/revoke', { service: 'wecom' })
    const { end } = await signIn('wecom', await codeFor({ kind: 'wecom', memberId: 'ZhouXiaolan' }))
    expect(end.status).toBe(302)
  })

  it('of a corp that is not served here is told so', async () => {
    const { status, text } = await browser().open('/auth/wecom?corp=wwsomebodyelse')
    expect([status, text]).toEqual([404, expect.stringContaining('corp_unknown')])
  })
})

describe('a customer in the mini program', () => {
  const { MINIPROGRAM_APP_ID: appId = '' } = { MINIPROGRAM_APP_ID: 'wx5e1f8c27d90b643a' }

  it('is signed in by a login code, and again as the same identity', async () => {
    const first = await app.call(createMiniprogramSession, {
      body: { appId, code: await codeFor({ kind: 'miniprogram', customerId: 'linyue' }) },
    })
    expect(await app.call(getSession, {}, { Authorization: `Bearer ${first.token}` })).toEqual(
      first.session,
    )
    const second = await app.call(createMiniprogramSession, {
      body: { appId, code: await codeFor({ kind: 'miniprogram', customerId: 'linyue' }) },
    })
    expect(second.session.identityId).toBe(first.session.identityId)
    expect(JSON.stringify(first)).not.toContain('session_key')
  })

  it('with a used or invented code is refused with the platform’s words', async () => {
    const code = await codeFor({ kind: 'miniprogram', customerId: 'linyue' })
    await app.call(createMiniprogramSession, { body: { appId, code } })
    for (const bad of [code, 'invented']) {
      await expect(
        app.call(createMiniprogramSession, { body: { appId, code: bad } }),
      ).rejects.toMatchObject({
        code: 'code_invalid',
        status: 401,
      })
    }
  })

  it('of another app is told that this is not its server', async () => {
    await expect(
      app.call(createMiniprogramSession, { body: { appId: 'wx0000000000000000', code: 'x' } }),
    ).rejects.toMatchObject({
      code: 'app_unknown',
    })
  })
})

describe('a customer on the web', () => {
  it('comes back with a ticket in the query, before the fragment, that is worth one session', async () => {
    const { end, visitor } = await signIn(
      'wechat',
      await codeFor({ kind: 'official', customerId: 'linyue' }),
      '/h5/?a=1#/pages/home/index',
    )
    const { verifier } = visitor
    expect(end.to?.pathname).toBe('/h5/')
    expect(end.to?.hash).toBe('#/pages/home/index')
    expect(end.to?.searchParams.get('a')).toBe('1')
    const ticket = end.to?.searchParams.get('ticket') ?? ''
    const { token, session } = await app.call(createH5Session, { body: { ticket, verifier } })
    expect(await app.call(getSession, {}, { Authorization: `Bearer ${token}` })).toEqual(session)
    await expect(app.call(createH5Session, { body: { ticket, verifier } })).rejects.toMatchObject({
      code: 'code_invalid',
    })
  })

  it('has only a minute to use the ticket', async () => {
    const { end, visitor } = await signIn(
      'wechat',
      await codeFor({ kind: 'official', customerId: 'linyue' }),
    )
    app.clock.advance(61_000)
    const ticket = end.to?.searchParams.get('ticket') ?? ''
    await expect(
      app.call(createH5Session, { body: { ticket, verifier: visitor.verifier } }),
    ).rejects.toMatchObject({
      code: 'code_invalid',
    })
  })
})
