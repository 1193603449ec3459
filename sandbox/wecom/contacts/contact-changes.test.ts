import { describe, expect, it } from 'vitest'
import { openContacts } from '../../testing/open-contacts.ts'

const zhao = 'wmLcT3AAAAv2Gx9sRj4Hb7nTmZp1WdKu'
const chen = 'wmLcT3AAAAh4Tz8cUq0Gv6jWfBx3KrMo'
const { read, happen, refused, pushes, state, post } = openContacts()
const pair = { memberId: 'ZhouXiaolan', customerId: 'zhaoyiming' }

const head =
  '<xml><ToUserName><![CDATA[ww7c1d4e0fa2b95836]]></ToUserName><FromUserName><![CDATA[sys]]></FromUserName><CreateTime>T</CreateTime>' +
  '<MsgType><![CDATA[event]]></MsgType><Event><![CDATA[change_external_contact]]></Event>'
const ids = (userId: string, externalUserId: string) =>
  `<UserID><![CDATA[${userId}]]></UserID><ExternalUserID><![CDATA[${externalUserId}]]></ExternalUserID>`
const change = (type: string) => `<ChangeType><![CDATA[${type}]]></ChangeType>`
/** Without what differs each time. */
const last = async () =>
  (await pushes())
    .at(-1)
    ?.replace(/<CreateTime>\d+</, '<CreateTime>T<')
    .replace(/(<WelcomeCode><!\[CDATA\[)[\w-]{20,}/, '$1CODE')

describe('a customer adds a member', () => {
  it('and the apps hear of it with state and welcome code; a grey line stands in the chat', async () => {
    await happen('contact.add', { ...pair, addWay: 1, state: '展台' })
    const welcome =
      '<State><![CDATA[展台]]></State><WelcomeCode><![CDATA[CODE]]></WelcomeCode></xml>'
    expect(await last()).toBe(
      `${head}${change('add_external_contact')}${ids('ZhouXiaolan', zhao)}${welcome}`,
    )
    expect(await read('externalcontact/get', { external_userid: zhao })).toMatchObject({
      follow_user: [{ userid: 'ZhouXiaolan', state: '展台', add_way: 1 }],
    })
    const chat = (await state()).conversations.find(
      ({ kind, participants }) => kind === 'contact' && participants[1]?.id === 'zhaoyiming',
    )
    expect(chat?.messages).toMatchObject([
      {
        kind: 'notice',
        from: { kind: 'system' },
        text: '周晓岚 已添加 赵一鸣，现在可以开始聊天了',
      },
    ])
    expect(await refused('contact.add', pair)).toContain('already')
  })

  it('without verification: half a contact until the member accepts, and greeted once', async () => {
    await happen('contact.add', { ...pair, half: true })
    expect(await last()).toContain(change('add_half_external_contact'))
    expect((await state()).customers.at(-1)?.follows).toMatchObject([{ half: true }])
    await happen('contact.accept', pair)
    expect(await last()).toBe(
      `${head}${change('add_external_contact')}${ids('ZhouXiaolan', zhao)}<WelcomeCode><![CDATA[CODE]]></WelcomeCode></xml>`,
    )
    expect((await state()).customers.at(-1)?.follows[0]).not.toHaveProperty('half')
    expect(await refused('contact.accept', pair)).toContain('does not wait')
  })

  it('through the older door as well', async () => {
    expect(await post('/_sandbox/follows', { ...pair, state: 'x' })).toMatchObject({
      memberId: 'ZhouXiaolan',
      remark: '赵一鸣',
      state: 'x',
    })
    expect(await last()).toContain(change('add_external_contact'))
  })
})

describe('a contact', () => {
  it('is edited by the member', async () => {
    const fresh = {
      remark: '陈总',
      phones: ['13900000002'],
      addTags: ['etLcT3AAAAx9Ro4gTd7Sp1kXeA6nZvWl'],
      removeTags: ['etLcT3AAAAu6Fs9jGx1Bv4aLmD7rYoPc'],
    }
    await happen('contact.edit', { memberId: 'ZhouXiaolan', customerId: 'chenguodong', ...fresh })
    expect(await last()).toBe(
      `${head}${change('edit_external_contact')}${ids('ZhouXiaolan', chen)}</xml>`,
    )
    const { follow_user: followers } = await read('externalcontact/get', { external_userid: chen })
    expect(followers).toMatchObject([
      {
        remark: '陈总',
        remark_mobiles: ['13900000002'],
        tags: [{ tag_name: '普通客户' }, { tag_name: '已成交' }],
      },
    ])
    expect(
      await refused('contact.edit', { memberId: 'ZhouXiaolan', customerId: 'chenguodong' }),
    ).toContain('nothing')
    expect(
      await refused('contact.edit', {
        memberId: 'ZhouXiaolan',
        customerId: 'chenguodong',
        addTags: ['none'],
      }),
    ).toContain('no tag')
  })

  it('is deleted by the member, or moved to another', async () => {
    await happen('contact.delete', { memberId: 'ZhouXiaolan', customerId: 'chenguodong' })
    expect(await last()).toBe(
      `${head}${change('del_external_contact')}${ids('ZhouXiaolan', chen)}</xml>`,
    )
    expect(await read('externalcontact/get', { external_userid: chen })).toMatchObject({
      errcode: 40096,
    })
    await happen('contact.delete', {
      memberId: 'ZhouXiaolan',
      customerId: 'hejing',
      byTransfer: true,
    })
    expect(await last()).toContain('<Source><![CDATA[DELETE_BY_TRANSFER]]></Source></xml>')
    expect(
      await refused('contact.delete', { memberId: 'ZhouXiaolan', customerId: 'hejing' }),
    ).toContain('no contact')
  })

  it('stays with the member when the customer deletes them, and comes back with the old state', async () => {
    const both = { memberId: 'ZhouXiaolan', customerId: 'chenguodong' }
    await happen('contact.deleted-by-customer', both)
    expect(await last()).toBe(
      `${head}${change('del_follow_user')}${ids('ZhouXiaolan', chen)}</xml>`,
    )
    expect(await read('externalcontact/get', { external_userid: chen })).toMatchObject({
      errcode: 0,
      follow_user: [{ userid: 'ZhouXiaolan' }],
    })
    await happen('contact.add', { ...both, state: '新渠道' })
    expect(await last()).toContain('<State><![CDATA[新渠道]]></State>')
    expect(await read('externalcontact/get', { external_userid: chen })).toMatchObject({
      follow_user: [{ state: '获客助手-无油机' }],
    })
  })

  it('may refuse to be handed over, or agree to the archive', async () => {
    await happen('contact.transfer-fail', {
      memberId: 'HanXue',
      customerId: 'chenguodong',
      reason: 'customer_refused',
    })
    expect(await last()).toBe(
      `${head}${change('transfer_fail')}<FailReason><![CDATA[customer_refused]]></FailReason>${ids('HanXue', chen)}</xml>`,
    )
    await happen('contact.add', pair)
    await happen('contact.archive-approved', pair)
    const code = '<WelcomeCode><![CDATA[CODE]]></WelcomeCode></xml>'
    expect(await last()).toBe(
      `${head}${change('msg_audit_approved')}${ids('ZhouXiaolan', zhao)}${code}`,
    )
  })
})

it('a member outside the visible range is nobody’s business', async () => {
  const before = (await pushes()).length
  await happen('contact.add', { memberId: 'LiWeidong', customerId: 'zhaoyiming' })
  expect(await pushes()).toHaveLength(before)
})
