import { describe, expect, it, vi } from 'vitest'
import { openReceiver } from '../../testing/receiver.ts'
import { openSandbox } from '../../testing/open-sandbox.ts'
import { authorized, component, type Json } from '../testing/third-party.ts'

const patience = { timeout: 20_000, interval: 20 }
const ext = (more: object = {}) =>
  JSON.stringify({ requiredPrivateInfos: ['getLocation', 'chooseLocation'], ...more })

/** A mini program that has authorized the platform, and the calls for it. */
async function opened() {
  const sandbox = await openSandbox()
  const appid = String(sandbox.env.MINIPROGRAM_APP_ID)
  const call = async (path: string, token: string, body?: unknown) =>
    (
      await sandbox.knock(
        body === undefined ? 'GET' : 'POST',
        `/wechat${path}${path.includes('?') ? '&' : '?'}access_token=${token}`,
        body,
      )
    ).body
  const tokens = await authorized(sandbox.post, call, component, appid)
  const get = (path: string) => call(path, tokens.token)
  const post = (path: string, body: Json = {}) => call(path, tokens.token, body)
  const commit = (more: Json = {}) =>
    post('/wxa/commit', {
      template_id: '1',
      ext_json: ext(),
      user_version: 'V1.5',
      user_desc: '保养提醒',
      ...more,
    })
  const happen = (name: string, body: Json = {}) =>
    sandbox.post(`/_sandbox/happenings/${name}`, { appid, ...body })
  const letPass = (seconds: number) => sandbox.post('/_sandbox/clock', { advanceSeconds: seconds })
  return { sandbox, appid, tokens, call, get, post, commit, happen, letPass }
}

describe('templates', () => {
  it('are made of drafts, listed and deleted by the platform', async () => {
    const { call, tokens, happen } = await opened()
    await happen('open.draft', {
      appid: undefined,
      component: component.appid,
      version: '2.0.0',
      desc: '新版',
    })
    const { draft_list: drafts } = (await call('/wxa/gettemplatedraftlist', tokens.component)) as {
      draft_list: Json[]
    }
    expect(drafts).toMatchObject([
      { draft_id: 0 },
      { draft_id: 1, user_version: '2.0.0', user_desc: '新版' },
    ])
    expect(await call('/wxa/addtotemplate', tokens.component, { draft_id: 9 })).toMatchObject({
      errcode: 85064,
    })
    expect(
      await call('/wxa/addtotemplate', tokens.component, { draft_id: 1, template_type: 1 }),
    ).toMatchObject({ errcode: 0 })
    expect(await call('/wxa/gettemplatelist?template_type=1', tokens.component)).toMatchObject({
      template_list: [{ template_id: 2, user_version: '2.0.0', template_type: 1 }],
    })
    expect(await call('/wxa/deletetemplate', tokens.component, { template_id: '2' })).toMatchObject(
      { errcode: 0 },
    )
    expect(await call('/wxa/gettemplatelist', tokens.component)).toMatchObject({
      template_list: [{ template_id: 1 }],
    })
  })
})

describe('a version', () => {
  it('goes from commit by the privacy check and the audit to the public', async () => {
    const { sandbox, get, post, commit, happen, letPass } = await opened()
    const receiver = await openReceiver({
      token: component.token,
      aesKey: component.aesKey,
      path: '/$APPID$',
    })
    await sandbox.post('/_sandbox/callbacks', {
      receiver: `component:${component.appid}`,
      url: null,
      messageUrl: receiver.url,
    })
    expect(await post('/wxa/submit_audit')).toMatchObject({ errcode: 85086 })
    expect(await get('/wxa/get_page')).toMatchObject({ errcode: 86001 })
    expect(await commit()).toEqual({ errcode: 0, errmsg: 'ok' })
    expect(await get('/wxa/get_page')).toMatchObject({
      page_list: expect.arrayContaining(['pages/home/index']),
    })
    expect(await get('/wxa/security/get_code_privacy_info')).toMatchObject({ errcode: 61039 })
    expect(await post('/wxa/submit_audit')).toMatchObject({ errcode: 61039 })
    await letPass(61)
    expect(await get('/wxa/security/get_code_privacy_info')).toMatchObject({
      errcode: 0,
      without_auth_list: [],
      without_conf_list: [],
    })
    expect(await post('/wxa/release')).toMatchObject({ errcode: 85019 })
    const { auditid } = await post('/wxa/submit_audit', {})
    expect(await post('/wxa/submit_audit')).toMatchObject({ errcode: 85009 })
    expect(await post('/wxa/release')).toMatchObject({ errcode: 85020 })
    await happen('audit.delay', { reason: '请耐心等待' })
    expect(await post('/wxa/get_auditstatus', { auditid })).toMatchObject({
      status: 4,
      reason: '请耐心等待',
      user_version: 'V1.5',
    })
    await happen('audit.fail', { reason: '1:类目不符', screenshots: 'a|b' })
    expect(await get('/wxa/get_latest_auditstatus')).toMatchObject({
      auditid,
      status: 1,
      reason: '1:类目不符',
      ScreenShot: 'a|b',
    })
    await post('/wxa/submit_audit')
    await happen('audit.pass')
    expect(await get('/wxa/get_latest_auditstatus')).toMatchObject({ status: 0 })
    expect(await post('/wxa/release')).toMatchObject({ errcode: 0 })
    expect(await post('/wxa/release')).toMatchObject({ errcode: 85052 })
    expect(await post('/wxa/getversioninfo')).toMatchObject({
      exp_info: { exp_version: 'V1.5' },
      release_info: { release_version: 'V1.5' },
    })
    await vi.waitFor(() => expect(receiver.received).toHaveLength(3), patience)
    const events = receiver.received.map(
      ({ message }) => /<Event><!\[CDATA\[(\w+)\]\]>/.exec(message)?.[1],
    )
    expect(events).toEqual(['weapp_audit_delay', 'weapp_audit_fail', 'weapp_audit_success'])
    expect(receiver.received[1]?.message).toMatch(
      /<Reason><!\[CDATA\[1:类目不符\]\]><\/Reason><FailTime>\d+<\/FailTime><ScreenShot>a\|b<\/ScreenShot><\/xml>$/,
    )
  })

  it('that uses interfaces of places without declaring them is not taken, unless they are said to be unused', async () => {
    const { get, post, commit, letPass } = await opened()
    await commit({ ext_json: JSON.stringify({ requiredPrivateInfos: ['getLocation'] }) })
    await letPass(61)
    expect(await get('/wxa/security/get_code_privacy_info')).toMatchObject({
      without_auth_list: [],
      without_conf_list: ['wx.chooseLocation'],
    })
    expect(await post('/wxa/submit_audit')).toMatchObject({ errcode: 61040 })
    expect(await post('/wxa/submit_audit', { privacy_api_not_use: true })).toMatchObject({
      errcode: 0,
    })
  })

  it('with a wrong ext_json or wrong pages is refused', async () => {
    const { post, commit, letPass } = await opened()
    const wrong: [Json, number][] = [
      [{ template_id: '9' }, 85014],
      [{ user_version: '' }, 85015],
      [{ ext_json: '{' }, 85048],
      [{ ext_json: ext({ extAppid: 'wx0' }) }, 85013],
      [{ ext_json: ext({ pages: [] }) }, 85047],
      [{ ext_json: ext({ pages: ['pages/none'] }) }, 85045],
      [{ ext_json: ext({ tabBar: { list: [{ text: '首页' }] } }) }, 85046],
    ]
    for (const [part, errcode] of wrong) expect(await commit(part)).toMatchObject({ errcode })
    await commit()
    await letPass(61)
    const item = {
      address: 'pages/home/index',
      first_class: '工具',
      second_class: '设备管理',
      title: '首页',
    }
    const items: [Json[], number][] = [
      [[], 85023],
      [Array.from({ length: 6 }, () => item), 85023],
      [[{ ...item, address: 'pages/none' }], 85007],
      [[{ ...item, second_class: '彩票' }], 85008],
      [[item], 0],
    ]
    for (const [list, errcode] of items)
      expect(await post('/wxa/submit_audit', { item_list: list })).toMatchObject({ errcode })
  })

  it('can be withdrawn five times a day, and sped up once while it is under way', async () => {
    const { get, post, commit, letPass } = await opened()
    await commit()
    await letPass(61)
    expect(await get('/wxa/undocodeaudit')).toMatchObject({ errcode: 85019 })
    for (let time = 0; time < 5; time += 1) {
      await post('/wxa/submit_audit')
      expect(await get('/wxa/undocodeaudit')).toMatchObject({ errcode: 0 })
    }
    expect(await get('/wxa/get_latest_auditstatus')).toMatchObject({ status: 3 })
    const { auditid } = await post('/wxa/submit_audit')
    expect(await get('/wxa/undocodeaudit')).toMatchObject({ errcode: 87013 })
    expect(await get('/wxa/queryquota')).toMatchObject({ rest: 44, limit: 50, speedup_rest: 5 })
    expect(await post('/wxa/speedupaudit', { auditid })).toMatchObject({ errcode: 0 })
    expect(await post('/wxa/speedupaudit', { auditid })).toMatchObject({ errcode: 89404 })
    expect(await post('/wxa/speedupaudit', { auditid: 1 })).toMatchObject({ errcode: 89402 })
    expect(await post('/wxa/get_auditstatus', { auditid: 1 })).toMatchObject({ errcode: 85012 })
  })

  it('can go to some users first, come back to the one before, and be hidden', async () => {
    const { get, post, commit, happen, letPass } = await opened()
    expect(await post('/wxa/grayrelease', { gray_percentage: 101 })).toMatchObject({
      errcode: 85081,
    })
    expect(await post('/wxa/grayrelease', { gray_percentage: 10 })).toMatchObject({
      errcode: 85019,
    })
    await commit()
    await letPass(61)
    await post('/wxa/submit_audit')
    await happen('audit.pass')
    expect(
      await post('/wxa/grayrelease', { gray_percentage: 10, support_debuger_first: true }),
    ).toMatchObject({ errcode: 0 })
    expect(await post('/wxa/grayrelease', { gray_percentage: 5 })).toMatchObject({ errcode: 85082 })
    expect(await get('/wxa/getgrayreleaseplan')).toMatchObject({
      gray_release_plan: { status: 1, gray_percentage: 10, support_debuger_first: true },
    })
    expect(await get('/wxa/revertcoderelease')).toMatchObject({ errcode: 87011 })
    await post('/wxa/release')
    expect(await get('/wxa/revertcoderelease?action=get_history_version')).toMatchObject({
      version_list: [{ app_version: 1, user_version: '1.2.0' }],
    })
    expect(await get('/wxa/revertcoderelease')).toMatchObject({ errcode: 0 })
    expect(await post('/wxa/getversioninfo')).toMatchObject({
      release_info: { release_version: '1.2.0' },
    })
    expect(await get('/wxa/revertcoderelease')).toMatchObject({ errcode: 87012 })
    expect(await post('/wxa/getvisitstatus')).toMatchObject({ status: 1 })
    expect(await post('/wxa/change_visitstatus', { action: 'hide' })).toMatchObject({
      errcode: 85021,
    })
    await post('/wxa/change_visitstatus', { action: 'close' })
    expect(await post('/wxa/getvisitstatus')).toMatchObject({ status: 0 })
  })

  it('has a trial code, categories and testers', async () => {
    const { sandbox, get, post, commit, tokens } = await opened()
    await commit()
    expect(await get('/wxa/get_category')).toMatchObject({
      category_list: [{ first_class: '工具' }, {}],
    })
    const picture = await fetch(
      `${sandbox.origin}/wechat/wxa/get_qrcode?access_token=${tokens.token}&path=${encodeURIComponent('pages/home/index?a=1')}`,
    )
    expect(picture.headers.get('content-type')).toBe('image/png')
    expect(await get('/wxa/get_qrcode?path=pages%2Fnone')).toMatchObject({ errcode: 85066 })
    const { userstr } = await post('/wxa/bind_tester', { wechatid: 'linyue2026' })
    expect(await post('/wxa/bind_tester', { wechatid: 'linyue2026' })).toMatchObject({
      errcode: 85004,
    })
    expect(await post('/wxa/unbind_tester', { userstr })).toMatchObject({ errcode: 0 })
    expect(await post('/wxa/unbind_tester', { userstr })).toMatchObject({ errcode: 85001 })
  })
})
