import { describe, expect, it } from 'vitest'
import { openSandbox } from '../testing/open-sandbox.ts'

describe('the inspector', () => {
  it('sees every token and quota without giving a secret away', async () => {
    const { get, wecomToken, env } = await openSandbox()
    const token = await wecomToken()
    const overview = await get('/_sandbox/overview')
    expect(overview).toMatchObject({
      scene: expect.any(String),
      grants: [{ kind: 'wecom.token', state: 'valid' }],
    })
    expect(JSON.stringify(overview)).not.toContain(token)
    expect(JSON.stringify(overview)).not.toContain(env.WECOM_AGENT_SECRET)
  })

  it('makes a call again with the token it had, and tells what came of it', async () => {
    const { get, post, wecom } = await openSandbox()
    expect(await wecom('user/get', { userid: 'HanXue' })).toMatchObject({ errcode: 0 })
    await post('/_sandbox/visible-range', { memberIds: [] })
    const { items } = (await get('/_sandbox/calls?path=/cgi-bin/user/get')) as {
      items: { id: number }[]
    }
    const again = await post(`/_sandbox/calls/${items[0]?.id}/replay`, {})
    expect(again).toMatchObject({
      path: '/cgi-bin/user/get',
      errcode: 60011,
      query: { userid: 'HanXue' },
    })
    expect(again.id).not.toBe(items[0]?.id)
  })

  it('cannot repeat what never came', async () => {
    const { knock } = await openSandbox()
    expect(await knock('POST', '/_sandbox/calls/99/replay', {})).toMatchObject({
      status: 400,
      body: { error: expect.stringContaining('99') },
    })
  })
})
