import { describe, expect, it } from 'vitest'
import { openSandbox, type OpenedSandbox } from '../../testing/open-sandbox.ts'

function official({ env }: OpenedSandbox, more: Record<string, string> = {}): string {
  return new URLSearchParams({
    appid: env.OFFICIAL_ACCOUNT_APP_ID ?? '',
    secret: env.OFFICIAL_ACCOUNT_APP_SECRET ?? '',
    ...more,
  }).toString()
}

function stableToken({ env, post }: OpenedSandbox, more: Record<string, unknown> = {}) {
  const account = { appid: env.OFFICIAL_ACCOUNT_APP_ID, secret: env.OFFICIAL_ACCOUNT_APP_SECRET }
  return post('/wechat/cgi-bin/stable_token', {
    grant_type: 'client_credential',
    ...account,
    ...more,
  })
}

describe('tokens', () => {
  it('are stable within validity and replaced at once by a forced refresh, at most every 30 seconds', async () => {
    const sandbox = await openSandbox()
    const first = await stableToken(sandbox)
    expect(first).toEqual({ access_token: expect.any(String), expires_in: 7200 })
    expect((await stableToken(sandbox)).access_token).toBe(first.access_token)
    const forced = await stableToken(sandbox, { force_refresh: true })
    expect(forced.access_token).not.toBe(first.access_token)
    expect(
      await sandbox.get(
        `/wechat/cgi-bin/ticket/getticket?type=jsapi&access_token=${String(first.access_token)}`,
      ),
    ).toMatchObject({
      errcode: 40001,
    })
    expect(await stableToken(sandbox, { force_refresh: true })).toMatchObject({ errcode: 45011 })
  })

  it('of the older kind push each other out after five minutes', async () => {
    const sandbox = await openSandbox()
    const read = () =>
      sandbox.get(`/wechat/cgi-bin/token?${official(sandbox, { grant_type: 'client_credential' })}`)
    const ticket = (token: unknown) =>
      sandbox.get(`/wechat/cgi-bin/ticket/getticket?type=jsapi&access_token=${String(token)}`)
    const first = await read()
    const second = await read()
    expect(second.access_token).not.toBe(first.access_token)
    expect(await ticket(first.access_token)).toMatchObject({ errcode: 0 })
    await sandbox.post('/_sandbox/clock', { advanceSeconds: 301 })
    expect(await ticket(first.access_token)).toMatchObject({ errcode: 42001 })
    expect(await ticket(second.access_token)).toMatchObject({
      errcode: 0,
      ticket: expect.any(String),
    })
  })

  it('are refused for wrong accounts in the platform’s words', async () => {
    const sandbox = await openSandbox()
    expect(await stableToken(sandbox, { grant_type: 'x' })).toMatchObject({ errcode: 40002 })
    expect(await stableToken(sandbox, { appid: '' })).toMatchObject({ errcode: 41002 })
    expect(await stableToken(sandbox, { secret: '' })).toMatchObject({ errcode: 41004 })
    expect(await stableToken(sandbox, { secret: 'wrong' })).toMatchObject({
      errcode: 40125,
      errmsg: expect.stringContaining('invalid appsecret'),
    })
  })
})
