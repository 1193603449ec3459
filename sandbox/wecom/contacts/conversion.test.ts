import { describe, expect, it } from 'vitest'
import { accounts } from '../../scenes/accounts.ts'
import { openContacts } from '../../testing/open-contacts.ts'

const lin = { unionid: 'oLcUn6tQ8vXk2Rw5YbN0sHd7JmE1', openid: 'oMp7H5bQ1xWk9Rt3YzL0vNs6JcE8' }
const zhao = { unionid: 'oLcUn6y2RnVk8Cd6BsM5jXg4TwQ0', openid: 'oMp7H5s2XvTb8Kf5NqZ1jYm3RdL7' }
const pair = { memberId: 'ZhouXiaolan', customerId: 'zhaoyiming' }
const { call, read, happen, refuse, state, letPass, get, post } = openContacts('customized-app')
const convert = 'idconvert/unionid_to_external_userid'
const query = 'idconvert/batch/external_userid_to_pending_id'

describe('a customized app', () => {
  it('knows people by ids of its provider and gets no unionid and no gender', async () => {
    const { external_userid: id } = await call(convert, lin)
    expect(id).toMatch(/^wm[\w-]{30}$/)
    expect(id).not.toBe((await state()).customers[0]?.externalUserId)
    const { external_contact: contact, follow_user: followers } = await read(
      'externalcontact/get',
      { external_userid: String(id) },
    )
    expect(contact).toMatchObject({ name: '林悦', gender: 0 })
    expect(contact).not.toHaveProperty('unionid')
    expect(followers).toMatchObject([{ userid: expect.stringMatching(/^wo/) }, {}])
    expect(
      await read('externalcontact/get', {
        external_userid: (await state()).customers[0]?.externalUserId ?? '',
      }),
    ).toMatchObject({
      errcode: 40096,
    })
    const chat = await call('externalcontact/groupchat/get', {
      chat_id: 'wrLcT3AAAAj8Nq5fKd1Vx7oCyRb3MsUe',
    })
    expect(JSON.stringify(chat)).not.toContain('unionid')
  })

  it('cannot use the conversion of own apps, nor they its', async () => {
    await refuse(48002, 'externalcontact/unionid_to_external_userid', { unionid: lin.unionid })
    const own = accounts.apps[0]?.secret ?? ''
    await refuse(48002, convert, lin, own)
    await refuse(48002, query, { external_userid: ['x'] }, own)
    expect(
      await call('externalcontact/unionid_to_external_userid', { unionid: lin.unionid }, own),
    ).toMatchObject({ errcode: 0 })
    expect(await read('corp/apply_mass_call_ticket', {}, own)).toMatchObject({ errcode: 48002 })
  })
})

describe('somebody who is no customer yet', () => {
  it('has a pending_id that leads to them when they become one', async () => {
    const { pending_id: pending } = await call(convert, zhao)
    expect(pending).toEqual(expect.any(String))
    expect(await call(convert, zhao)).toMatchObject({ pending_id: pending })
    await happen('contact.add', pair)
    const { external_userid: id } = await call(convert, zhao)
    expect(await call(query, { external_userid: [id] })).toMatchObject({
      result: [{ external_userid: id, pending_id: pending }],
    })
    // 林悦 was never asked for as a unionid.
    const { external_userid: linyue } = await call(convert, lin)
    expect(await call(query, { external_userid: [linyue] })).toEqual({
      errcode: 0,
      errmsg: 'ok',
      result: [],
    })
  })

  it('is recognized in a group as well, by the group only', async () => {
    const chatId = 'wrLcT3AAAAj8Nq5fKd1Vx7oCyRb3MsUe'
    const { pending_id: pending } = await call(convert, zhao)
    await happen('group.join', { chatId, customerIds: ['zhaoyiming'] })
    const { external_userid: id } = await call(convert, zhao)
    expect(await call(query, { external_userid: [id] })).toMatchObject({ result: [] })
    expect(await call(query, { external_userid: [id], chat_id: chatId })).toMatchObject({
      result: [{ pending_id: pending }],
    })
    await refuse(40050, query, { external_userid: [id], chat_id: 'wrNone' })
    await refuse(41035, query, {})
    await refuse(40058, query, { external_userid: Array.from({ length: 101 }, () => id) })
  })

  it('has another pending_id after ninety days', async () => {
    const { pending_id: pending } = await call(convert, zhao)
    await letPass(90 * 86_400 + 1)
    const later = await call(convert, zhao)
    expect(later.pending_id).not.toBe(pending)
    expect(later.pending_id).toEqual(expect.any(String))
  })

  it('is one whom the app may not see', async () => {
    await happen('install.change', { members: ['HanXue'] })
    const chen = { unionid: 'oLcUn6f1ZrGm7Tc4WpK9bQx2HvD5', openid: 'oMp7H5u6NeYj2Sv8XfC4gRp1ZwB9' }
    expect(await call(convert, chen)).toMatchObject({ errcode: 0, pending_id: expect.any(String) })
  })
})

describe('a conversion', () => {
  it('wants a unionid and an openid of one account', async () => {
    await refuse(40058, convert, { unionid: lin.unionid })
    await refuse(40058, convert, { openid: lin.openid })
    await refuse(610014, convert, { ...lin, unionid: 'invented' })
    await refuse(610018, convert, { ...lin, openid: zhao.openid })
    expect(await call(convert, { ...lin, openid: 'oGzh4s8KfXq2Vw6RbT1yLd9NmJc0' })).toMatchObject({
      errcode: 0,
    })
  })

  it('wants an account that is verified and belongs to whom subject_type says', async () => {
    await refuse(610017, convert, { ...lin, subject_type: 1 })
    await happen('account.subject', { appid: accounts.miniprogram.appid, of: 'provider' })
    await refuse(610017, convert, lin)
    expect(await call(convert, { ...lin, subject_type: 1 })).toMatchObject({ errcode: 0 })
    await happen('account.subject', {
      appid: accounts.miniprogram.appid,
      of: 'corp',
      verified: false,
    })
    await refuse(610015, convert, lin)
  })

  it('counts against an hour’s quota unless the mass-call ticket is given', async () => {
    const used = async () => {
      const { meters } = (await get('/_sandbox/overview')) as unknown as { meters?: unknown }
      const text = JSON.stringify(meters ?? (await get('/_sandbox/overview')))
      return Number(/unionid_to_external_userid（企业）","used":(\d+)/.exec(text)?.[1])
    }
    await call(convert, lin)
    expect(await used()).toBe(1)
    const { mass_call_ticket: ticket } = await read('corp/apply_mass_call_ticket')
    expect(await read('corp/apply_mass_call_ticket')).toMatchObject({ mass_call_ticket: ticket })
    await call(convert, { ...lin, mass_call_ticket: ticket })
    expect(await used()).toBe(1)
  })

  it('to an openid is for WeChat users among the contacts', async () => {
    const { external_userid: id } = await call(convert, lin)
    const { openid } = await call('externalcontact/convert_to_openid', { external_userid: id })
    expect(openid).toMatch(/^o\w{27}$/)
    expect(await call('externalcontact/convert_to_openid', { external_userid: id })).toMatchObject({
      openid,
    })
    await refuse(40096, 'externalcontact/convert_to_openid', { external_userid: 'wmNone' })
  })
})

describe('a third-party suite', () => {
  const suite = accounts.provider.suites[1] ?? { id: '', secret: '' }
  const path = 'service/externalcontact/unionid_to_external_userid_3rd'
  const ask = async (token: unknown, body: object) =>
    post(`/wecom/cgi-bin/${path}?suite_access_token=${String(token)}`, body)

  it('converts for the corps that have installed it', async () => {
    expect(await ask('', lin)).toMatchObject({ errcode: 41022 })
    expect(await ask('invented', lin)).toMatchObject({ errcode: 40082 })
    const { suiteTicket } = await happen('suite.ticket', { suiteId: suite.id })
    const { suite_access_token: token } = await post('/wecom/cgi-bin/service/get_suite_token', {
      suite_id: suite.id,
      suite_secret: suite.secret,
      suite_ticket: suiteTicket,
    })
    await happen('account.subject', { appid: accounts.miniprogram.appid, of: 'provider' })
    expect(await ask(token, lin)).toMatchObject({ errcode: 610019 })
    await happen('install.authorize', { adminId: 'ZhouXiaolan', suiteId: suite.id })
    const { external_userid_info: info } = await ask(token, lin)
    expect(info).toMatchObject([
      { external_userid: expect.stringMatching(/^wm/), corpid: expect.stringMatching(/^wp/) },
    ])
    expect(await ask(token, zhao)).toMatchObject({ errcode: 0, external_userid_info: [] })
    await happen('contact.add', pair)
    const { items } = (await get(`/_sandbox/deliveries?receiver=suite:${suite.id}`)) as {
      items: { body: string }[]
    }
    expect(items.at(-1)?.body).toContain(
      `<xml><SuiteId><![CDATA[${suite.id}]]></SuiteId><AuthCorpId>`,
    )
    expect(items.at(-1)?.body).toContain('<InfoType><![CDATA[change_external_contact]]></InfoType>')
  })
})
