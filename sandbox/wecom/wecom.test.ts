import { describe, expect, it } from 'vitest'
import { openSandbox } from '../testing/open-sandbox.ts'

const linyue = 'wmLcT3AAAA9xV2kQe7RbYw1mZsNdP6Jg'

describe('access tokens', () => {
  it('stay the same within two hours and are long, as WeCom says to keep 512 bytes for them', async () => {
    const { wecomToken, get, env } = await openSandbox()
    const token = await wecomToken()
    expect(await wecomToken()).toBe(token)
    expect(token.length).toBeGreaterThan(150)
    expect(await get(`/wecom/cgi-bin/gettoken?corpid=${env.WECOM_CORP_ID}&corpsecret=${env.WECOM_AGENT_SECRET}`)).toMatchObject({
      errcode: 0,
      errmsg: 'ok',
      expires_in: 7200,
    })
  })

  it('expire when the clock passes two hours, and a new one is another', async () => {
    const { wecomToken, get, post } = await openSandbox()
    const token = await wecomToken()
    await post('/_sandbox/clock', { advanceSeconds: 7199 })
    expect(await get(`/wecom/cgi-bin/get_jsapi_ticket?access_token=${token}`)).toMatchObject({ errcode: 0 })
    await post('/_sandbox/clock', { advanceSeconds: 2 })
    const { errcode, errmsg } = await get(`/wecom/cgi-bin/get_jsapi_ticket?access_token=${token}`)
    expect(errcode).toBe(42001)
    expect(errmsg).toMatch(
      /^access_token expired, hint: \[\d+_\d+_[0-9a-f]{32}\], from ip: 127\.0\.0\.1, more info at https:\/\/open\.work\.weixin\.qq\.com\/devtool\/query\?e=42001$/,
    )
    expect(await wecomToken()).not.toBe(token)
  })

  it('can be withdrawn early, after which the same secret gives another', async () => {
    const { wecomToken, get, post } = await openSandbox()
    const token = await wecomToken()
    expect(await post('/_sandbox/tokens/revoke', { service: 'wecom' })).toEqual({ revoked: 1 })
    expect(await get(`/wecom/cgi-bin/user/get?access_token=${token}&userid=HanXue`)).toMatchObject({ errcode: 40014 })
    expect(await wecomToken()).not.toBe(token)
  })

  it('outlive a restart of the sandbox, as they would outlive one of ours', async () => {
    const before = await openSandbox()
    const token = await before.wecomToken()
    const { ticket } = await before.wecom('ticket/get', { type: 'agent_config' })
    await before.close()
    const { get, post, wecom } = await openSandbox()
    const url = `/wecom/cgi-bin/user/get?access_token=${token}&userid=HanXue`
    expect(await get(url)).toMatchObject({ errcode: 0 })
    expect((await wecom('ticket/get', { type: 'agent_config' })).ticket).toBe(ticket)
    await post('/_sandbox/tokens/revoke', {})
    expect(await get(url)).toMatchObject({ errcode: 40014 })
  })

  it('are refused when missing, invented, or of the other platform', async () => {
    const { get, post, env } = await openSandbox()
    const body = { grant_type: 'client_credential', appid: env.OFFICIAL_ACCOUNT_APP_ID, secret: env.OFFICIAL_ACCOUNT_APP_SECRET }
    const { access_token: foreign } = await post('/wechat/cgi-bin/stable_token', body)
    expect(await get('/wecom/cgi-bin/get_jsapi_ticket')).toMatchObject({ errcode: 41001 })
    expect(await get('/wecom/cgi-bin/get_jsapi_ticket?access_token=nonsense')).toMatchObject({ errcode: 40014 })
    expect(await get(`/wecom/cgi-bin/get_jsapi_ticket?access_token=${String(foreign)}`)).toMatchObject({ errcode: 40014 })
  })

  it.each([
    ['', 41002],
    ['corpid=ww7c1d4e0fa2b95836', 41004],
    ['corpid=ww0000&corpsecret=x', 40013],
    ['corpid=ww7c1d4e0fa2b95836&corpsecret=wrong', 40001],
  ])('are not given for "%s"', async (query, errcode) => {
    const { get } = await openSandbox()
    expect(await get(`/wecom/cgi-bin/gettoken?${query}`)).toMatchObject({ errcode })
  })
})

describe('tickets', () => {
  it('differ for corp and app', async () => {
    const { wecom } = await openSandbox()
    const corp = await wecom('get_jsapi_ticket')
    const agent = await wecom('ticket/get', { type: 'agent_config' })
    expect(corp).toMatchObject({ errcode: 0, expires_in: 7200 })
    expect(agent).toMatchObject({ errcode: 0, expires_in: 7200 })
    expect(agent.ticket).not.toBe(corp.ticket)
    expect(await wecom('ticket/get', { type: 'jsapi' })).toMatchObject({ errcode: 40058 })
  })

  it('run out after 100 reads of one app in an hour, and come back an hour later', async () => {
    const { wecomToken, get, post } = await openSandbox()
    const url = `/wecom/cgi-bin/ticket/get?type=agent_config&access_token=${await wecomToken()}`
    for (let read = 0; read < 100; read += 1) expect((await get(url)).errcode).toBe(0)
    expect(await get(url)).toMatchObject({ errcode: 45009, errmsg: expect.stringContaining('api freq out of limit') })
    await post('/_sandbox/clock', { advanceSeconds: 3601 })
    expect((await get(url)).errcode).toBe(0)
  })
})

describe('login codes', () => {
  it('name the member once', async () => {
    const { wecom, post } = await openSandbox()
    const { code } = await post('/_sandbox/codes', { kind: 'wecom', memberId: 'ZhouXiaolan' })
    expect(await wecom('auth/getuserinfo', { code: String(code) })).toEqual({ errcode: 0, errmsg: 'ok', userid: 'ZhouXiaolan' })
    expect(await wecom('auth/getuserinfo', { code: String(code) })).toMatchObject({ errcode: 42022 })
  })

  it('die after five minutes, and one of a mini program is none', async () => {
    const { wecom, post } = await openSandbox()
    const { code } = await post('/_sandbox/codes', { kind: 'wecom', memberId: 'ZhouXiaolan' })
    const { code: foreign } = await post('/_sandbox/codes', { kind: 'miniprogram', customerId: 'linyue' })
    await post('/_sandbox/clock', { advanceSeconds: 300 })
    expect(await wecom('auth/getuserinfo', { code: String(code) })).toMatchObject({ errcode: 42003 })
    expect(await wecom('auth/getuserinfo', { code: String(foreign) })).toMatchObject({ errcode: 40029 })
    expect(await wecom('auth/getuserinfo')).toMatchObject({ errcode: 41008 })
  })

  it('come for a member outside the visible range too, but no member data', async () => {
    const { wecom, post } = await openSandbox()
    const { code } = await post('/_sandbox/codes', { kind: 'wecom', memberId: 'LiWeidong' })
    expect(await wecom('auth/getuserinfo', { code: String(code) })).toMatchObject({ userid: 'LiWeidong' })
    expect(await wecom('user/get', { userid: 'LiWeidong' })).toMatchObject({ errcode: 60011 })
  })
})

describe('members', () => {
  it('have a name and departments, but no private fields', async () => {
    const { wecom } = await openSandbox()
    const member = await wecom('user/get', { userid: 'ZhouXiaolan' })
    expect(member).toMatchObject({ errcode: 0, userid: 'ZhouXiaolan', name: '周晓岚', department: [2], main_department: 2 })
    expect(Object.keys(member)).not.toEqual(expect.arrayContaining(['avatar', 'mobile', 'email', 'gender']))
    expect(await wecom('user/get', { userid: 'Nobody' })).toMatchObject({ errcode: 60111 })
    expect(await wecom('user/get')).toMatchObject({ errcode: 41009 })
  })

  it('are listed by department, as far as the app may see', async () => {
    const { wecom, post } = await openSandbox()
    expect(await wecom('user/simplelist', { department_id: '2' })).toMatchObject({ userlist: [{ userid: 'ZhouXiaolan', department: [2] }] })
    expect(await wecom('user/simplelist', { department_id: '4' })).toMatchObject({ userlist: [] })
    await post('/_sandbox/visible-range', { memberIds: ['LiWeidong'] })
    expect(await wecom('user/simplelist', { department_id: '4' })).toMatchObject({ userlist: [{ userid: 'LiWeidong' }] })
    expect(await wecom('user/simplelist', { department_id: '99' })).toMatchObject({ errcode: 60003 })
    expect(await wecom('department/simplelist', { id: '2' })).toMatchObject({ department_id: [{ id: 2, parentid: 1, order: 10 }] })
    expect((await wecom('department/simplelist')).department_id).toHaveLength(4)
    expect(await wecom('department/simplelist', { id: '99' })).toMatchObject({ errcode: 60123 })
  })
})

describe('contacts', () => {
  it('come with tags, remarks and every follower in range', async () => {
    const { wecom } = await openSandbox()
    const reply = await wecom('externalcontact/get', { external_userid: linyue })
    expect(reply).toMatchObject({
      errcode: 0,
      external_contact: { name: '林悦', type: 1, gender: 2, unionid: 'oLcUn6tQ8vXk2Rw5YbN0sHd7JmE1' },
      follow_user: [
        {
          userid: 'ZhouXiaolan',
          remark: '林悦-恒进精密',
          remark_corp_name: '苏州恒进精密机械有限公司',
          add_way: 1,
          state: '展会-2026华东工博会',
        },
        { userid: 'HanXue', add_way: 202 },
      ],
    })
    expect(reply).toMatchObject({
      follow_user: [
        { tags: expect.arrayContaining([expect.objectContaining({ group_name: '客户级别', tag_name: '重点客户', type: 1 })]) },
        {},
      ],
    })
    expect(reply).not.toHaveProperty('next_cursor')
  })

  it('are unknown, or followed by nobody the app sees', async () => {
    const { wecom, post } = await openSandbox()
    expect(await wecom('externalcontact/get', { external_userid: 'wmnobody' })).toMatchObject({ errcode: 40096 })
    expect(await wecom('externalcontact/get')).toMatchObject({ errcode: 41035 })
    await post('/_sandbox/visible-range', { memberIds: ['LiWeidong'] })
    expect(await wecom('externalcontact/get', { external_userid: linyue })).toMatchObject({ errcode: 84061 })
  })

  it('are listed by member', async () => {
    const { wecom } = await openSandbox()
    expect(await wecom('externalcontact/get_follow_user_list')).toMatchObject({ follow_user: ['ZhouXiaolan', 'HanXue'] })
    expect((await wecom('externalcontact/list', { userid: 'ZhouXiaolan' })).external_userid).toHaveLength(3)
    expect(await wecom('externalcontact/list', { userid: 'LiWeidong' })).toMatchObject({ errcode: 50002 })
    expect(await wecom('externalcontact/list', { userid: 'Nobody' })).toMatchObject({ errcode: 60111 })
  })

  it('are found by unionid once somebody in range follows them', async () => {
    const { wecom, post } = await openSandbox()
    const convert = (unionid: string) => wecom('externalcontact/unionid_to_external_userid', {}, { unionid })
    expect(await convert('oLcUn6tQ8vXk2Rw5YbN0sHd7JmE1')).toEqual({ errcode: 0, errmsg: 'ok', external_userid: linyue })
    expect(await convert('oLcUn6y2RnVk8Cd6BsM5jXg4TwQ0')).toMatchObject({ errcode: 84061 })
    await post('/_sandbox/follows', { memberId: 'ZhouXiaolan', customerId: 'zhaoyiming' })
    expect(await convert('oLcUn6y2RnVk8Cd6BsM5jXg4TwQ0')).toMatchObject({ errcode: 0 })
    expect(await convert('nonsense')).toMatchObject({ errcode: 610014 })
    expect(await convert('')).toMatchObject({ errcode: 40058 })
  })

  it('have corp tags in groups, and group chats with members of both kinds', async () => {
    const { wecom } = await openSandbox()
    expect((await wecom('externalcontact/get_corp_tag_list', {}, {})).tag_group).toHaveLength(3)
    const one = await wecom('externalcontact/get_corp_tag_list', {}, { tag_id: ['etLcT3AAAAd7Qm1sXv0Yk5bRzN2eWgHa'] })
    expect(one).toMatchObject({ tag_group: [{ group_name: '客户级别', tag: [{ name: '重点客户' }] }] })
    const chat = await wecom('externalcontact/groupchat/get', {}, { chat_id: 'wrLcT3AAAAj8Nq5fKd1Vx7oCyRb3MsUe', need_name: 1 })
    expect(chat).toMatchObject({ group_chat: { name: '澜川设备保养交流群', owner: 'ZhouXiaolan' } })
    expect(chat).toMatchObject({
      group_chat: { member_list: expect.arrayContaining([expect.objectContaining({ userid: linyue, type: 2, name: '林悦' })]) },
    })
    expect(await wecom('externalcontact/groupchat/get', {}, { chat_id: 'nonsense' })).toMatchObject({ errcode: 40050 })
  })
})
