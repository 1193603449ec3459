import { describe, expect, it } from 'vitest'
import { accounts } from '../../scenes/accounts.ts'
import { openContacts } from '../../testing/open-contacts.ts'

const { call, happen, refuse, pushes, state, post, letPass } = openContacts()
const pair = { memberId: 'ZhouXiaolan', customerId: 'zhaoyiming' }
const text = { content: '您好，我是周晓岚。' }

const codeIn = (push: string | undefined) =>
  /<WelcomeCode><!\[CDATA\[(.*?)\]\]>/.exec(push ?? '')?.[1]
const add = async (more: object = {}) => {
  await happen('contact.add', { ...pair, ...more })
  return codeIn((await pushes()).at(-1))
}
const chat = async () =>
  (await state()).conversations.find(
    ({ kind, participants }) => kind === 'contact' && participants[1]?.id === 'zhaoyiming',
  )

describe('a welcome message', () => {
  it('stands in the chat, its attachments as cards', async () => {
    const link = {
      title: '样本',
      desc: '变频螺杆机',
      url: 'https://example.com/b',
      picurl: 'https://example.com/b.png',
    }
    const reply = await call('externalcontact/send_welcome_msg', {
      welcome_code: await add(),
      text,
      attachments: [{ msgtype: 'link', link }],
    })
    expect(reply).toEqual({ errcode: 0, errmsg: 'ok' })
    expect((await chat())?.messages).toMatchObject([
      { kind: 'notice' },
      { kind: 'text', text: text.content, from: { kind: 'member', id: 'ZhouXiaolan' } },
      { kind: 'link', title: '样本', imgUrl: 'https://example.com/b.png' },
    ])
  })

  it('is sent within twenty seconds', async () => {
    const code = await add()
    await letPass(21)
    await refuse(41050, 'externalcontact/send_welcome_msg', { welcome_code: code, text })
  })

  it('is sent once', async () => {
    const code = await add()
    await refuse(41049, 'externalcontact/send_welcome_msg', { text })
    await refuse(41050, 'externalcontact/send_welcome_msg', { welcome_code: 'invented', text })
    expect(
      await call('externalcontact/send_welcome_msg', { welcome_code: code, text }),
    ).toMatchObject({ errcode: 0 })
    await refuse(41096, 'externalcontact/send_welcome_msg', { welcome_code: code, text })
    await letPass(2)
    await refuse(41051, 'externalcontact/send_welcome_msg', { welcome_code: code, text })
    expect((await chat())?.messages.filter(({ kind }) => kind === 'text')).toHaveLength(1)
  })

  it('of two apps is the first one’s; the other waits, and may send when that did not arrive', async () => {
    // A customized app and an own one of the same corp.
    await post('/_sandbox/reset', { scene: 'customized-app' })
    const secret = accounts.apps[0]?.secret
    const greet = (code: string | undefined, own?: string) =>
      call('externalcontact/send_welcome_msg', { welcome_code: code, text }, own)
    const first = await add()
    expect(await greet(first)).toMatchObject({ errcode: 0 })
    expect(await greet(first, secret)).toMatchObject({ errcode: 41096 })
    await letPass(2)
    expect(await greet(first, secret)).toMatchObject({ errcode: 41051 })
    const other = { memberId: 'ZhouXiaolan', customerId: 'suzihao' }
    await happen('contact.welcome-fails', other)
    await happen('contact.add', other)
    const second = codeIn((await pushes()).at(-1))
    const said = async () =>
      (await state()).conversations
        .find(
          ({ kind, participants }) =>
            kind === 'contact' &&
            participants.at(-1)?.id === 'suzihao' &&
            participants[0]?.id === 'ZhouXiaolan',
        )
        ?.messages.filter(({ kind }) => kind === 'text')
    expect(await greet(second)).toMatchObject({ errcode: 0 })
    expect(await greet(second, secret)).toMatchObject({ errcode: 41096 })
    expect(await said()).toHaveLength(0)
    await letPass(2)
    expect(await greet(second, secret)).toMatchObject({ errcode: 0 })
    expect(await said()).toHaveLength(1)
    await letPass(2)
    expect(await greet(second)).toMatchObject({ errcode: 41051 })
  })

  it('is too late when the two chat already', async () => {
    const code = await add()
    await post('/_sandbox/messages', {
      conversationId: (await chat())?.id,
      from: { kind: 'customer', id: 'zhaoyiming' },
      card: { kind: 'text', text: '在吗' },
    })
    await refuse(41051, 'externalcontact/send_welcome_msg', { welcome_code: code, text })
  })

  it('must have something in it, and nothing wrong', async () => {
    const welcome_code = await add()
    const link = { title: 'x', url: 'https://example.com/' }
    await refuse(40063, 'externalcontact/send_welcome_msg', { welcome_code })
    await refuse(40058, 'externalcontact/send_welcome_msg', {
      welcome_code,
      text: { content: '长'.repeat(1334) },
    })
    await refuse(41064, 'externalcontact/send_welcome_msg', {
      welcome_code,
      attachments: Array.from({ length: 10 }, () => ({ msgtype: 'link', link })),
    })
    await refuse(41065, 'externalcontact/send_welcome_msg', {
      welcome_code,
      attachments: [{ msgtype: 'voice', voice: {} }],
    })
    await refuse(41065, 'externalcontact/send_welcome_msg', {
      welcome_code,
      attachments: [{ msgtype: 'image', link }],
    })
    await refuse(41010, 'externalcontact/send_welcome_msg', {
      welcome_code,
      attachments: [{ msgtype: 'link', link: { title: 'x' } }],
    })
    await refuse(41006, 'externalcontact/send_welcome_msg', {
      welcome_code,
      attachments: [{ msgtype: 'video', video: {} }],
    })
    await refuse(40007, 'externalcontact/send_welcome_msg', {
      welcome_code,
      attachments: [{ msgtype: 'image', image: { media_id: 'invented' } }],
    })
    await refuse(40058, 'externalcontact/send_welcome_msg', {
      welcome_code,
      attachments: [{ msgtype: 'image', image: { pic_url: 'https://example.com/x.png' } }],
    })
    expect(await call('externalcontact/send_welcome_msg', { welcome_code, text })).toMatchObject({
      errcode: 0,
    })
  })
})

describe('a welcome code', () => {
  it('does not come a second time after half a contact was greeted', async () => {
    const code = await add({ half: true })
    await call('externalcontact/send_welcome_msg', { welcome_code: code, text })
    await happen('contact.accept', pair)
    expect((await pushes()).at(-1)).toContain('add_external_contact')
    expect(codeIn((await pushes()).at(-1))).toBeUndefined()
  })

  it('does not come when an admin has set a greeting, which goes out instead', async () => {
    await happen('contact.greeting', { memberId: 'ZhouXiaolan', text: '欢迎联系澜川' })
    expect(await add()).toBeUndefined()
    expect((await chat())?.messages.at(-1)).toMatchObject({
      kind: 'text',
      text: '欢迎联系澜川',
      from: { id: 'ZhouXiaolan' },
    })
    await happen('contact.greeting', { memberId: 'ZhouXiaolan', text: null })
    await happen('contact.add', { memberId: 'ZhouXiaolan', customerId: 'suzihao' })
    expect(codeIn((await pushes()).at(-1))).toBeDefined()
  })

  it('does not come to an app that may not greet', async () => {
    await happen('install.change', { permissions: ['externalcontact:base:base'] })
    expect(await add()).toBeUndefined()
  })
})
