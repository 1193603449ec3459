import { describe, expect, it } from 'vitest'
import { png } from '../../testing/media.ts'
import { openContacts } from '../../testing/open-contacts.ts'
import { opengidOf } from './groups.ts'

const chatId = 'wrLcT3AAAAj8Nq5fKd1Vx7oCyRb3MsUe'
const linyue = 'wmLcT3AAAA9xV2kQe7RbYw1mZsNdP6Jg'
const chen = 'wmLcT3AAAAh4Tz8cUq0Gv6jWfBx3KrMo'
const { call, happen, refuse, refused, pushes, state, post, upload } = openContacts()

interface Chat {
  name: string
  owner: string
  notice: string
  member_list: {
    userid: string
    type: number
    join_scene: number
    state?: string
    invitor?: { userid: string }
  }[]
  member_version: string
}
const chat = async (id = chatId) =>
  (await call('externalcontact/groupchat/get', { chat_id: id, need_name: 1 })).group_chat as Chat
/** From ChatId on. */
const last = async () => (await pushes()).at(-1)?.replace(/^.*<ChatId>/, '<ChatId>')
const change = (type: string, id = chatId) =>
  `<ChatId><![CDATA[${id}]]></ChatId><ChangeType><![CDATA[${type}]]></ChangeType>`

describe('customer groups', () => {
  it('are listed by owners in range, a page at a time', async () => {
    await happen('group.create', { ownerId: 'HanXue', name: '服务群', customerIds: ['suzihao'] })
    const all = await call('externalcontact/groupchat/list', { limit: 1 })
    expect(all).toMatchObject({ errcode: 0, group_chat_list: [{ chat_id: chatId, status: 0 }] })
    expect(
      (await call('externalcontact/groupchat/list', { limit: 1, cursor: all.next_cursor }))
        .group_chat_list,
    ).toHaveLength(1)
    const own = await call('externalcontact/groupchat/list', {
      limit: 10,
      owner_filter: { userid_list: ['HanXue'] },
    })
    expect(own.group_chat_list).toHaveLength(1)
    // 没有更多的数据则返回空: it is there, and empty.
    expect(own.next_cursor).toBe('')
    expect(
      await call('externalcontact/groupchat/list', { limit: 10, status_filter: 1 }),
    ).toMatchObject({ group_chat_list: [] })
    await refuse(40058, 'externalcontact/groupchat/list', {})
    await refuse(40058, 'externalcontact/groupchat/list', { limit: 1001 })
    await refuse(40058, 'externalcontact/groupchat/list', { limit: 1, status_filter: 4 })
    await refuse(40032, 'externalcontact/groupchat/list', {
      limit: 1,
      owner_filter: { userid_list: Array.from({ length: 101 }, () => 'HanXue') },
    })
    await refuse(40003, 'externalcontact/groupchat/list', {
      limit: 1,
      owner_filter: { userid_list: ['Nobody'] },
    })
    await refuse(60011, 'externalcontact/groupchat/list', {
      limit: 1,
      owner_filter: { userid_list: ['LiWeidong'] },
    })
  })

  it('tell who is in them, with names on demand and unionids for own apps', async () => {
    const { group_chat: quiet } = await call('externalcontact/groupchat/get', { chat_id: chatId })
    expect(JSON.stringify(quiet)).not.toContain('林悦')
    expect(await chat()).toMatchObject({
      owner: 'ZhouXiaolan',
      notice: expect.stringContaining('保养'),
    })
    expect((await chat()).member_list).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          userid: 'HanXue',
          type: 1,
          name: '韩雪',
          invitor: { userid: 'ZhouXiaolan' },
        }),
        expect.objectContaining({
          userid: linyue,
          type: 2,
          name: '林悦',
          unionid: 'oLcUn6tQ8vXk2Rw5YbN0sHd7JmE1',
          join_scene: 1,
        }),
      ]),
    )
    await refuse(86201, 'externalcontact/groupchat/get', {})
    await refuse(40050, 'externalcontact/groupchat/get', { chat_id: 'wrNone' })
    await happen('install.change', { members: ['HanXue'] })
    await refuse(60011, 'externalcontact/groupchat/get', { chat_id: chatId })
  })

  it('are known to mini programs by an opengid', async () => {
    const found = (await state()).groupChats.find((one) => one.chatId === chatId)
    expect(found).toBeDefined()
    const opengid = opengidOf({
      chatId,
      name: '',
      ownerId: '',
      notice: '',
      conversationId: '',
      createdMinutesAgo: 0,
    })
    expect(await call('externalcontact/opengid_to_chatid', { opengid })).toMatchObject({
      errcode: 0,
      chat_id: chatId,
    })
    await refuse(40058, 'externalcontact/opengid_to_chatid', { opengid: 'oNone' })
  })
})

describe('in a group', () => {
  it('people come and go, and the list has a new version each time', async () => {
    const { member_version: before } = await chat()
    await happen('group.join', {
      chatId,
      customerIds: ['chenguodong', 'hejing'],
      scene: 3,
      state: '群码',
    })
    const { member_version: after, member_list: members } = await chat()
    const detail =
      '<UpdateDetail><![CDATA[add_member]]></UpdateDetail><JoinScene>3</JoinScene><MemChangeCnt>2</MemChangeCnt>' +
      `<MemChangeList><Item>${chen}</Item><Item>wmLcT3AAAAc6Pk1yLs5Nd9eXiVb2HtQa</Item></MemChangeList>` +
      `<LastMemVer>${before}</LastMemVer><CurMemVer>${after}</CurMemVer></xml>`
    expect(await last()).toBe(change('update') + detail)
    expect(members.find(({ userid }) => userid === chen)).toMatchObject({
      join_scene: 3,
      state: '群码',
    })
    await happen('group.leave', { chatId, customerId: 'hejing', removed: true })
    expect(await last()).toContain(
      '<UpdateDetail><![CDATA[del_member]]></UpdateDetail><QuitScene>1</QuitScene><MemChangeCnt>1</MemChangeCnt>',
    )
    expect(await last()).toContain(`<LastMemVer>${after}</LastMemVer>`)
    expect(await refused('group.leave', { chatId, memberId: 'ZhouXiaolan' })).toContain('owner')
    expect(await refused('group.leave', { chatId, customerId: 'hejing' })).toContain('not in')
    expect(await refused('group.join', { chatId, customerIds: ['linyue'] })).toContain('already')
  })

  it('the name, the notice and the owner change', async () => {
    await happen('group.rename', { chatId, name: '新群名' })
    expect(await last()).toBe(
      `${change('update')}<UpdateDetail><![CDATA[change_name]]></UpdateDetail></xml>`,
    )
    await happen('group.notice', { chatId, notice: '新公告' })
    expect(await last()).toContain('change_notice')
    await happen('group.owner', { chatId, ownerId: 'HanXue' })
    expect(await last()).toContain('change_owner')
    expect(await chat()).toMatchObject({ name: '新群名', notice: '新公告', owner: 'HanXue' })
    expect(await refused('group.owner', { chatId, ownerId: 'LiWeidong' })).toContain('no member')
  })

  it('everything ends when it is dismissed', async () => {
    const fresh = await happen('group.create', {
      ownerId: 'ZhouXiaolan',
      name: '短命群',
      memberIds: ['HanXue'],
      customerIds: ['linyue'],
    })
    expect(await last()).toBe(`${change('create', String(fresh.chatId))}</xml>`)
    await happen('group.dismiss', { chatId: fresh.chatId })
    expect(await last()).toBe(`${change('dismiss', String(fresh.chatId))}</xml>`)
    await refuse(49008, 'externalcontact/groupchat/get', { chat_id: fresh.chatId })
    expect(
      JSON.stringify(await call('externalcontact/groupchat/list', { limit: 10 })),
    ).not.toContain(String(fresh.chatId))
    expect(await refused('group.rename', { chatId: fresh.chatId, name: 'x' })).toContain(
      'dismissed',
    )
  })
})

describe('a join way', () => {
  const wish = { scene: 2, remark: '展台', chat_id_list: [chatId], state: '群码' }

  it('leads a customer who scans it into the chat, who is then greeted', async () => {
    const { config_id: id } = await call('externalcontact/groupchat/add_join_way', wish)
    expect(await call('externalcontact/groupchat/get_join_way', { config_id: id })).toMatchObject({
      join_way: { ...wish, config_id: id, auto_create_room: 1 },
    })
    await call('externalcontact/group_welcome_template/add', {
      text: { content: '欢迎 %NICKNAME%' },
    })
    const shown = (await state()).shownCodes.find((one) => one.id === id)
    expect(shown).toMatchObject({ title: '加入群聊：展台' })
    expect(
      await post('/_sandbox/scans', { device: 'wechat', userId: 'hejing', text: shown?.text }),
    ).toEqual({
      kind: 'conversation',
      conversationId: 'group-hengjin',
    })
    expect((await chat()).member_list.at(-1)).toMatchObject({ join_scene: 3, state: '群码' })
    const messages = (await state()).conversations.find(
      (one) => one.id === 'group-hengjin',
    )?.messages
    expect(messages?.slice(-2)).toMatchObject([
      { kind: 'notice' },
      { kind: 'text', text: '欢迎 %NICKNAME%', from: { id: 'ZhouXiaolan' } },
    ])
    expect(
      await call('externalcontact/groupchat/update_join_way', {
        ...wish,
        config_id: id,
        remark: '新',
      }),
    ).toMatchObject({ errcode: 0 })
    expect(await call('externalcontact/groupchat/del_join_way', { config_id: id })).toMatchObject({
      errcode: 0,
    })
    expect(
      await post('/_sandbox/scans', { device: 'wechat', userId: 'linyue', text: shown?.text }),
    ).toMatchObject({ kind: 'text' })
  })

  it('is refused without chats, with six, with unknown ones, and by an unknown id', async () => {
    await refuse(86201, 'externalcontact/groupchat/add_join_way', { scene: 2 })
    await refuse(41091, 'externalcontact/groupchat/add_join_way', {
      ...wish,
      chat_id_list: Array.from({ length: 6 }, () => chatId),
    })
    await refuse(40050, 'externalcontact/groupchat/add_join_way', {
      ...wish,
      chat_id_list: ['wrNone'],
    })
    await refuse(40058, 'externalcontact/groupchat/add_join_way', {
      ...wish,
      state: '长'.repeat(31),
    })
    await refuse(41043, 'externalcontact/groupchat/get_join_way', {})
    await refuse(41044, 'externalcontact/groupchat/del_join_way', { config_id: 'none' })
  })
})

it('a group’s greeting is kept, changed and taken away by the app that made it', async () => {
  const link = { title: '手册', url: 'https://example.com/m' }
  const { template_id: id } = await call('externalcontact/group_welcome_template/add', {
    text: { content: '欢迎' },
    link,
  })
  expect(await call('externalcontact/group_welcome_template/get', { template_id: id })).toEqual({
    errcode: 0,
    errmsg: 'ok',
    text: { content: '欢迎' },
    link,
  })
  expect(
    await call('externalcontact/group_welcome_template/edit', {
      template_id: id,
      text: { content: '你好' },
    }),
  ).toMatchObject({
    errcode: 0,
  })
  expect(await call('externalcontact/group_welcome_template/get', { template_id: id })).toEqual({
    errcode: 0,
    errmsg: 'ok',
    text: { content: '你好' },
  })
  const { media_id: medium } = await upload('media/upload', png, 'a.png', 'image')
  const { url } = await upload('media/uploadimg', png, 'b.png')
  // The page answers with a picture's address, whatever it was given by; the media id wins.
  for (const image of [
    { media_id: medium },
    { pic_url: url },
    { media_id: medium, pic_url: url },
  ]) {
    await call('externalcontact/group_welcome_template/edit', { template_id: id, image })
    const isMedium = 'media_id' in image
    const address = isMedium ? expect.stringContaining('/_sandbox/media/') : url
    expect(await call('externalcontact/group_welcome_template/get', { template_id: id })).toEqual({
      errcode: 0,
      errmsg: 'ok',
      image: { pic_url: address },
    })
  }
  await refuse(40063, 'externalcontact/group_welcome_template/add', {})
  await refuse(40058, 'externalcontact/group_welcome_template/add', {
    text: { content: '长'.repeat(1001) },
  })
  await refuse(40037, 'externalcontact/group_welcome_template/get', { template_id: 'none' })
  expect(
    await call('externalcontact/group_welcome_template/del', { template_id: id }),
  ).toMatchObject({ errcode: 0 })
  await refuse(40037, 'externalcontact/group_welcome_template/del', { template_id: id })
})
