import { describe, expect, it } from 'vitest'
import { png } from '../../testing/media.ts'
import { openContacts } from '../../testing/open-contacts.ts'

const linyue = 'wmLcT3AAAA9xV2kQe7RbYw1mZsNdP6Jg'
const chen = 'wmLcT3AAAAh4Tz8cUq0Gv6jWfBx3KrMo'
const zhao = 'wmLcT3AAAAv2Gx9sRj4Hb7nTmZp1WdKu'
const chatId = 'wrLcT3AAAAj8Nq5fKd1Vx7oCyRb3MsUe'
const { call, happen, refuse, refused, state, letPass, upload } = openContacts()

const text = { content: '年度保养九折' }
const create = async (body: object) => {
  const reply = await call('externalcontact/add_msg_template', { text, ...body })
  expect(reply.errcode).toBe(0)
  return String(reply.msgid)
}
const tasks = async (msgid: string) =>
  (await call('externalcontact/get_groupmsg_task', { msgid })).task_list
const results = async (msgid: string, userid = 'ZhouXiaolan') =>
  (await call('externalcontact/get_groupmsg_send_result', { msgid, userid })).send_list
const lastIn = async (id: string) =>
  (await state()).conversations.find((one) => one.id === id)?.messages.at(-1)

describe('a mass message', () => {
  it('is not sent before the member confirms it', async () => {
    const reply = await call('externalcontact/add_msg_template', {
      text,
      external_userid: [linyue, chen, zhao],
      sender: 'ZhouXiaolan',
    })
    expect(reply).toMatchObject({ errcode: 0, fail_list: [zhao] })
    const msgid = String(reply.msgid)
    expect(await tasks(msgid)).toEqual([{ userid: 'ZhouXiaolan', status: 0 }])
    expect(await results(msgid)).toEqual(
      [linyue, chen].map((id) => ({ external_userid: id, userid: 'ZhouXiaolan', status: 0 })),
    )
    expect(await lastIn('zhou-lin')).not.toMatchObject({ text: text.content })
    expect(await happen('mass.confirm', { msgid, memberId: 'ZhouXiaolan' })).toEqual({ sent: 2 })
    expect(await lastIn('zhou-lin')).toMatchObject({
      kind: 'text',
      text: text.content,
      from: { id: 'ZhouXiaolan' },
    })
    expect(await tasks(msgid)).toMatchObject([{ status: 2, send_time: expect.any(Number) }])
    expect(await results(msgid)).toMatchObject([{ status: 1 }, { status: 1 }])
    expect(await refused('mass.confirm', { msgid, memberId: 'ZhouXiaolan' })).toContain('already')
  })

  it('without a sender is put to the member who spoke last with the customer', async () => {
    // 韩雪 and 周晓岚 both have 林悦; 周晓岚 spoke this morning.
    expect(await tasks(await create({ external_userid: [linyue] }))).toMatchObject([
      { userid: 'ZhouXiaolan' },
    ])
  })

  it('goes to those who have one tag of each group', async () => {
    const groups = [
      { tag_list: ['etLcT3AAAAp4Jt8nCw6Lf3xUqB9oKdSe'] },
      { tag_list: ['etLcT3AAAAu6Fs9jGx1Bv4aLmD7rYoPc', 'etLcT3AAAAy2Ke5tNz8Ch0iQwV3mUbJf'] },
    ]
    const msgid = await create({ tag_filter: { group_list: groups } })
    expect(await results(msgid)).toMatchObject([{ external_userid: chen }])
    await refuse(40068, 'externalcontact/add_msg_template', {
      text,
      tag_filter: { group_list: [{ tag_list: ['etNone'] }] },
    })
  })

  it('lets the member choose where the app allows it', async () => {
    const free = await create({ sender: 'ZhouXiaolan', allow_select: true })
    expect(
      await refused('mass.confirm', { msgid: free, memberId: 'ZhouXiaolan', only: ['suzihao'] }),
    ).toContain('not among')
    expect(
      await happen('mass.confirm', { msgid: free, memberId: 'ZhouXiaolan', only: ['linyue'] }),
    ).toEqual({ sent: 1 })
    expect(await results(free)).toMatchObject([{ status: 1 }, { status: 0 }, { status: 0 }])
    const bound = await create({ sender: 'ZhouXiaolan' })
    expect(
      await refused('mass.confirm', { msgid: bound, memberId: 'ZhouXiaolan', only: ['linyue'] }),
    ).toContain('choose')
  })

  it('does not reach who has deleted the member', async () => {
    const msgid = await create({ external_userid: [linyue, chen], sender: 'ZhouXiaolan' })
    await happen('contact.deleted-by-customer', {
      memberId: 'ZhouXiaolan',
      customerId: 'chenguodong',
    })
    expect(await happen('mass.confirm', { msgid, memberId: 'ZhouXiaolan' })).toEqual({ sent: 1 })
    expect(await results(msgid)).toMatchObject([
      { status: 1 },
      { external_userid: chen, status: 2 },
    ])
  })

  it('reaches a customer on no more than as many times a month as it has days', async () => {
    const waiting = await create({ external_userid: [chen], sender: 'ZhouXiaolan' })
    let sent = 0
    for (let round = 0; round < 32 && sent === round; round += 1) {
      const { msgid } = await call('externalcontact/add_msg_template', {
        text,
        external_userid: [chen],
        sender: 'ZhouXiaolan',
      })
      if (typeof msgid !== 'string') break
      sent += Number((await happen('mass.confirm', { msgid, memberId: 'ZhouXiaolan' })).sent)
    }
    expect(sent).toBeGreaterThanOrEqual(28)
    expect(sent).toBeLessThanOrEqual(31)
    await refuse(41048, 'externalcontact/add_msg_template', {
      text,
      external_userid: [chen],
      sender: 'ZhouXiaolan',
    })
    expect(await happen('mass.confirm', { msgid: waiting, memberId: 'ZhouXiaolan' })).toEqual({
      sent: 0,
    })
    expect(await results(waiting)).toMatchObject([{ status: 3 }])
    await letPass(32 * 86_400)
    expect(
      await call('externalcontact/add_msg_template', {
        text,
        external_userid: [chen],
        sender: 'ZhouXiaolan',
      }),
    ).toMatchObject({
      errcode: 0,
    })
  })

  it('goes to groups of the sender', async () => {
    const msgid = await create({ chat_type: 'group', sender: 'ZhouXiaolan' })
    // The owner has not picked the groups: there are no rows of unsent ones.
    expect(await results(msgid)).toEqual([])
    await happen('mass.confirm', { msgid, memberId: 'ZhouXiaolan' })
    expect(await lastIn('group-hengjin')).toMatchObject({ text: text.content })
    expect(await results(msgid)).toMatchObject([{ chat_id: chatId, status: 1 }])
    await refuse(41048, 'externalcontact/add_msg_template', {
      text,
      chat_type: 'group',
      sender: 'HanXue',
      chat_id_list: [chatId],
    })
    await refuse(41009, 'externalcontact/add_msg_template', { text, chat_type: 'group' })
  })

  it('is refused without words, receivers or a known sender', async () => {
    await refuse(40063, 'externalcontact/add_msg_template', { external_userid: [linyue] })
    await refuse(40063, 'externalcontact/add_msg_template', { text })
    await refuse(41048, 'externalcontact/add_msg_template', { text, external_userid: [zhao] })
    await refuse(60111, 'externalcontact/add_msg_template', { text, sender: 'Nobody' })
    await refuse(60011, 'externalcontact/add_msg_template', { text, sender: 'LiWeidong' })
    await refuse(86214, 'externalcontact/add_msg_template', { text, chat_type: 'crowd' })
    await refuse(40058, 'externalcontact/add_msg_template', {
      text,
      external_userid: Array.from({ length: 10_001 }, () => linyue),
    })
  })
})

describe('the records', () => {
  it('list masses by time and kind, a page at a time', async () => {
    const first = await create({ sender: 'ZhouXiaolan' })
    const second = await create({ sender: 'HanXue' })
    const now = Math.floor(Date.parse((await state()).clock.now) / 1000)
    const asked = { chat_type: 'single', start_time: now - 60, end_time: now + 60, limit: 1 }
    const page = await call('externalcontact/get_groupmsg_list_v2', asked)
    expect(page.group_msg_list).toMatchObject([{ msgid: first, create_type: 0, text }])
    expect(
      await call('externalcontact/get_groupmsg_list_v2', { ...asked, cursor: page.next_cursor }),
    ).toMatchObject({
      group_msg_list: [{ msgid: second }],
    })
    expect(
      await call('externalcontact/get_groupmsg_list_v2', { ...asked, chat_type: 'group' }),
    ).toMatchObject({ group_msg_list: [] })
    await refuse(40058, 'externalcontact/get_groupmsg_list_v2', {
      ...asked,
      start_time: now - 32 * 86_400,
    })
    // 超过最大值时取默认值: not an error, and not the maximum either.
    const many = { ...asked, limit: 101 }
    expect(await call('externalcontact/get_groupmsg_list_v2', many)).toMatchObject({
      next_cursor: '',
      group_msg_list: [{ msgid: first }, { msgid: second }],
    })
    await refuse(86214, 'externalcontact/get_groupmsg_list_v2', { ...asked, chat_type: undefined })
    await refuse(41046, 'externalcontact/get_groupmsg_task', {})
    await refuse(41047, 'externalcontact/get_groupmsg_task', { msgid: 'none' })
    await refuse(60111, 'externalcontact/get_groupmsg_send_result', {
      msgid: first,
      userid: 'HanXue',
    })
  })

  it('give a picture by its media id or by its address, never by both', async () => {
    const { media_id: medium } = await upload('media/upload', png, 'a.png', 'image')
    const { url } = await upload('media/uploadimg', png, 'b.png')
    const both = { media_id: medium, pic_url: url }
    const given = [both, { pic_url: url }].map((image) => ({ msgtype: 'image', image }))
    const msgid = await create({ sender: 'ZhouXiaolan', attachments: given })
    const now = Math.floor(Date.parse((await state()).clock.now) / 1000)
    const asked = { chat_type: 'single', start_time: now - 60, end_time: now + 60 }
    expect(await call('externalcontact/get_groupmsg_list_v2', asked)).toMatchObject({
      group_msg_list: [
        {
          msgid,
          attachments: [
            { msgtype: 'image', image: { media_id: medium } },
            { msgtype: 'image', image: { pic_url: url } },
          ],
        },
      ],
    })
    await refuse(40007, 'externalcontact/add_msg_template', {
      sender: 'ZhouXiaolan',
      attachments: [{ msgtype: 'image', image: { media_id: 'none', pic_url: url } }],
    })
  })

  it('allow three reminders in 24 hours, and an end to what is not sent yet', async () => {
    const msgid = await create({ sender: 'ZhouXiaolan' })
    for (let turn = 0; turn < 3; turn += 1)
      expect(await call('externalcontact/remind_groupmsg_send', { msgid })).toMatchObject({
        errcode: 0,
      })
    await refuse(41094, 'externalcontact/remind_groupmsg_send', { msgid })
    await letPass(86_401)
    expect(await call('externalcontact/remind_groupmsg_send', { msgid })).toMatchObject({
      errcode: 0,
    })
    expect(await call('externalcontact/cancel_groupmsg_send', { msgid })).toMatchObject({
      errcode: 0,
    })
    await refuse(41093, 'externalcontact/cancel_groupmsg_send', { msgid })
    await refuse(41093, 'externalcontact/remind_groupmsg_send', { msgid })
    expect(await refused('mass.confirm', { msgid, memberId: 'ZhouXiaolan' })).toContain('cancelled')
  })
})
