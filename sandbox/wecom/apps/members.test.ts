import { describe, expect, it } from 'vitest'
import { openProvider } from '../../testing/open-provider.ts'
import { openSandbox } from '../../testing/open-sandbox.ts'

describe('members', () => {
  it('have a name and departments, but no private fields', async () => {
    const { wecom } = await openSandbox()
    const member = await wecom('user/get', { userid: 'ZhouXiaolan' })
    expect(member).toMatchObject({
      errcode: 0,
      userid: 'ZhouXiaolan',
      name: '周晓岚',
      department: [2],
      main_department: 2,
    })
    for (const field of ['avatar', 'mobile', 'email', 'gender', 'open_userid'])
      expect(member).not.toHaveProperty(field)
    expect(await wecom('user/get', { userid: 'zhouxiaolan' })).toMatchObject({
      userid: 'ZhouXiaolan',
    })
    expect(await wecom('user/get', { userid: 'Nobody' })).toMatchObject({ errcode: 60111 })
    expect(await wecom('user/get', { userid: 'LiWeidong' })).toMatchObject({ errcode: 60011 })
    expect(await wecom('user/get')).toMatchObject({ errcode: 41009 })
  })

  it('are listed by department, as far as the app may see', async () => {
    const { wecom, post } = await openSandbox()
    expect(await wecom('user/simplelist', { department_id: '2' })).toMatchObject({
      userlist: [{ userid: 'ZhouXiaolan', department: [2] }],
    })
    expect(await wecom('user/simplelist', { department_id: '1' })).toMatchObject({ userlist: [] })
    expect(
      (await wecom('user/list', { department_id: '1', fetch_child: '1' })).userlist,
    ).toHaveLength(2)
    expect(await wecom('user/simplelist', { department_id: '4' })).toMatchObject({ errcode: 60011 })
    expect(await wecom('user/simplelist', { department_id: '99' })).toMatchObject({
      errcode: 60003,
    })
    await post('/_sandbox/happenings/install.change', { departments: [4] })
    expect(await wecom('user/list', { department_id: '4' })).toMatchObject({
      userlist: [{ userid: 'LiWeidong', position: '销售经理' }],
    })
    expect(await wecom('user/get', { userid: 'ZhouXiaolan' })).toMatchObject({ errcode: 60011 })
  })

  it('belong to departments, of which an app sees its range', async () => {
    const { wecom, post } = await openSandbox()
    expect((await wecom('department/simplelist')).department_id).toEqual([
      { id: 1, parentid: 0, order: 1 },
      { id: 2, parentid: 1, order: 10 },
      { id: 3, parentid: 1, order: 20 },
    ])
    expect(await wecom('department/list', { id: '2' })).toMatchObject({
      department: [{ id: 2, name: '华东销售部', parentid: 1 }],
    })
    expect(await wecom('department/get', { id: '3' })).toMatchObject({
      department: { name: '售后服务部' },
    })
    expect(await wecom('department/get', { id: '4' })).toMatchObject({ errcode: 60011 })
    expect(await wecom('department/simplelist', { id: '99' })).toMatchObject({ errcode: 60123 })
    await post('/_sandbox/happenings/install.change', { departments: [1] })
    expect((await wecom('department/simplelist')).department_id).toHaveLength(4)
    expect(await wecom('agent/get', { agentid: '1000002' })).toMatchObject({
      allow_partys: { partyid: [1] },
      allow_userinfos: { user: [] },
    })
    expect(await wecom('agent/get', { agentid: '7' })).toMatchObject({ errcode: 301002 })
    expect(await wecom('agent/list')).toMatchObject({
      agentlist: [{ agentid: 1_000_002, name: '营销助手' }],
    })
  })

  it('are found by mobile and email, and have an openid', async () => {
    const { wecom } = await openSandbox()
    expect(await wecom('user/getuserid', {}, { mobile: '13900010002' })).toMatchObject({
      userid: 'HanXue',
    })
    expect(await wecom('user/getuserid', {}, { mobile: '13900010003' })).toMatchObject({
      errcode: 46004,
    })
    expect(await wecom('user/getuserid', {}, {})).toMatchObject({ errcode: 60103 })
    expect(
      await wecom('user/get_userid_by_email', {}, { email: 'hanxue@lanchuan.example' }),
    ).toMatchObject({ userid: 'HanXue' })
    expect(await wecom('user/convert_to_openid', {}, { userid: 'HanXue' })).toMatchObject({
      openid: expect.stringMatching(/^o\w{27}$/),
    })
    expect(await wecom('user/convert_to_openid', {}, { userid: 'Nobody' })).toMatchObject({
      errcode: 60111,
    })
  })

  it('are found by their openid, each by an own one, in range only', async () => {
    const { wecom, post } = await openSandbox()
    const openid = async (userid: string) =>
      String((await wecom('user/convert_to_openid', {}, { userid })).openid)
    const [han, zhou] = [await openid('HanXue'), await openid('ZhouXiaolan')]
    const userid = (one?: string) => wecom('user/convert_to_userid', {}, { openid: one })
    expect(await userid(han)).toEqual({ errcode: 0, errmsg: 'ok', userid: 'HanXue' })
    expect(await userid(zhou)).toMatchObject({ userid: 'ZhouXiaolan' })
    expect(await userid('oNobody')).toMatchObject({ errcode: 40073 })
    expect(await userid()).toMatchObject({ errcode: 40073 })
    await post('/_sandbox/visible-range', { memberIds: ['ZhouXiaolan'] })
    expect(await userid(han)).toMatchObject({ errcode: 60011 })
  })

  it('are listed as bare ids for 通讯录同步 alone', async () => {
    const sandbox = await openSandbox()
    const { contactSyncSecret } = await sandbox.get('/_sandbox/credentials')
    const { access_token } = await sandbox.get(
      `/wecom/cgi-bin/gettoken?corpid=${sandbox.env.WECOM_CORP_ID}&corpsecret=${String(contactSyncSecret)}`,
    )
    const list = (body: object) =>
      sandbox.post(`/wecom/cgi-bin/user/list_id?access_token=${String(access_token)}`, body)
    const first = await list({ limit: 2 })
    expect(first).toMatchObject({
      dept_user: [
        { userid: 'ZhouXiaolan', department: 2 },
        { userid: 'HanXue', department: 3 },
      ],
    })
    expect(await list({ limit: 2, cursor: first.next_cursor })).toMatchObject({
      next_cursor: '',
      dept_user: [{ userid: 'LiWeidong' }],
    })
    expect(await list({ limit: 10_001 })).toMatchObject({ errcode: 40058 })
    expect(await sandbox.wecom('user/list_id', {}, {})).toMatchObject({ errcode: 48002 })
  })
})

describe('an app of a provider', () => {
  it('knows members by ids of that provider, which lead back to them', async () => {
    const sandbox = await openSandbox()
    const provider = await openProvider(sandbox)
    const customized = await provider.install()
    const thirdParty = await provider.install(provider.suite.id)
    const { open_userid_list, invalid_userid_list } = (await provider.asApp(
      customized.token,
      'batch/userid_to_openuserid',
      {},
      { userid_list: ['HanXue', 'Nobody'] },
    )) as {
      open_userid_list: { userid: string; open_userid: string }[]
      invalid_userid_list: string[]
    }
    expect(invalid_userid_list).toEqual(['Nobody'])
    const userid = open_userid_list[0]?.open_userid ?? ''
    expect(userid).toMatch(/^wo\w{30}$/)
    expect(await provider.asApp(customized.token, 'user/get', { userid })).toMatchObject({
      userid,
      name: '韩雪',
    })
    expect(await provider.asApp(customized.token, 'user/get', { userid: 'HanXue' })).toMatchObject({
      errcode: 60111,
    })
    // A third-party app of the same provider: the same id, which stands for the name too.
    expect(await provider.asApp(thirdParty.token, 'user/get', { userid })).toMatchObject({
      userid,
      name: userid,
      open_userid: userid,
    })
    expect(await provider.asApp(thirdParty.token, 'department/get', { id: '2' })).toMatchObject({
      department: { name: '2' },
    })
    expect(await sandbox.wecom('user/get', { userid })).toMatchObject({ errcode: 60111 })
    expect(
      await sandbox.wecom('batch/userid_to_openuserid', {}, { userid_list: ['HanXue'] }),
    ).toMatchObject({ errcode: 48002 })
  })

  it('gets names only when the admin grants them', async () => {
    const sandbox = await openSandbox()
    const provider = await openProvider(sandbox)
    const { agentId, token } = await provider.install()
    await provider.happen('install.change', { agentId, permissions: ['externalcontact:base:base'] })
    const { userlist } = (await provider.asApp(token, 'user/simplelist', {
      department_id: '2',
    })) as { userlist: object[] }
    expect(userlist).toHaveLength(1)
    expect(userlist[0]).not.toHaveProperty('name')
    expect(await provider.asApp(token, 'agent/get_permissions', {}, {})).toMatchObject({
      app_permissions: ['externalcontact:base:base'],
    })
  })
})
