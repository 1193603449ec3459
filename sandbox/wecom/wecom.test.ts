import { describe, expect, it } from 'vitest'
import { openSandbox } from '../testing/open-sandbox.ts'

const linyue = 'wmLcT3AAAA9xV2kQe7RbYw1mZsNdP6Jg'

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
