import { describe, expect, it } from 'vitest'
import {
  appids,
  openWechat,
  openids,
  upload,
  type OpenedWechat,
} from '../../testing/open-wechat.ts'

const touser = openids.linyue.service
const ok = { errcode: 0, errmsg: 'ok' }

function sender({ as }: OpenedWechat) {
  const send = (message: Record<string, unknown>, to = touser) =>
    as('service', 'cgi-bin/message/custom/send', { touser: to, ...message })
  return { send, text: (content = '您好') => send({ msgtype: 'text', text: { content } }) }
}

describe('customer messages', () => {
  it('are five within 48 hours of a customer’s message, and five anew after the next', async () => {
    const wechat = await openWechat()
    const { text } = sender(wechat)
    const say = () =>
      wechat.happen('official.message', {
        customerId: 'linyue',
        card: { kind: 'text', text: '在吗' },
      })
    expect(await text()).toMatchObject({ errcode: 45015 })
    await say()
    for (let sent = 0; sent < 5; sent += 1) expect(await text()).toEqual(ok)
    expect(await text()).toMatchObject({ errcode: 45047 })
    await say()
    expect(await text('还在')).toEqual(ok)
    expect((await wechat.chat(appids.service, 'linyue'))?.messages.at(-1)).toMatchObject({
      kind: 'text',
      text: '还在',
      from: { kind: 'official', id: appids.service },
    })
    await wechat.post('/_sandbox/clock', { advanceSeconds: 48 * 3600 })
    expect(await text()).toMatchObject({ errcode: 45015 })
  })

  it('are three within a minute of a tap on the menu, beside those of a message', async () => {
    const wechat = await openWechat()
    const { text } = sender(wechat)
    await wechat.happen('official.menu', { customerId: 'linyue', path: '0.0' })
    expect(await text()).toMatchObject({ errcode: 45015 })
    await wechat.happen('official.menu', { customerId: 'linyue', path: '0.1' })
    for (let sent = 0; sent < 3; sent += 1) expect(await text()).toEqual(ok)
    expect(await text()).toMatchObject({ errcode: 45047 })
    await wechat.happen('official.message', {
      customerId: 'linyue',
      card: { kind: 'text', text: '你好' },
    })
    await wechat.happen('official.menu', { customerId: 'linyue', path: '0.1' })
    for (let sent = 0; sent < 8; sent += 1) expect(await text()).toEqual(ok)
    expect(await text()).toMatchObject({ errcode: 45047 })
  })

  it('are three after a follow, for a minute; the numbers can be changed', async () => {
    const wechat = await openWechat()
    const { send } = sender(wechat)
    const text = () =>
      send({ msgtype: 'text', text: { content: '欢迎' } }, openids.chenguodong.service)
    await wechat.happen('official.follow', { customerId: 'chenguodong' })
    for (let sent = 0; sent < 3; sent += 1) expect(await text()).toEqual(ok)
    expect(await text()).toMatchObject({ errcode: 45047 })
    await wechat.post('/_sandbox/clock', { advanceSeconds: 60 })
    expect(await text()).toMatchObject({ errcode: 45015 })
    await wechat.happen('official.allowances', { message: { count: 1, seconds: 600 } })
    await wechat.happen('official.message', {
      customerId: 'chenguodong',
      card: { kind: 'text', text: '1' },
    })
    expect(await text()).toEqual(ok)
    expect(await text()).toMatchObject({ errcode: 45047 })
  })

  it('have many forms; a wrong one takes nothing from the quota', async () => {
    const wechat = await openWechat()
    const { send } = sender(wechat)
    const image = await upload(wechat, 'service', 'image')
    await wechat.happen('official.message', {
      customerId: 'linyue',
      card: { kind: 'text', text: '在吗' },
    })
    for (const [wrong, errcode] of [
      [{ msgtype: 'poem', poem: {} }, 40008],
      [{ msgtype: 'text', text: { content: '' } }, 44004],
      [{ msgtype: 'text', text: { content: '长'.repeat(683) } }, 45002],
      [{ msgtype: 'image', image: { media_id: 'nonsense' } }, 40007],
      [{ msgtype: 'voice', voice: { media_id: image } }, 40007],
      [{ msgtype: 'news', news: { articles: [{ title: '1' }, { title: '2' }] } }, 45008],
      [
        {
          msgtype: 'miniprogrampage',
          miniprogrampage: { appid: 'wx0', pagepath: 'p', title: 't' },
        },
        45064,
      ],
    ] as const)
      expect(await send(wrong)).toMatchObject({ errcode })
    expect(await send({ msgtype: 'text', text: { content: 'x' } }, 'nobody')).toMatchObject({
      errcode: 40003,
    })
    expect(await send({ msgtype: 'image', image: { media_id: image } })).toEqual(ok)
    const article = { title: '案例', description: '节能', url: 'http://example.com/', picurl: '' }
    expect(await send({ msgtype: 'news', news: { articles: [article] } })).toEqual(ok)
    const page = {
      title: '服务',
      appid: appids.miniprogram,
      pagepath: 'pages/home/index',
      thumb_media_id: image,
    }
    expect(await send({ msgtype: 'miniprogrampage', miniprogrampage: page })).toEqual(ok)
    const list = [
      { id: '1', content: '满意' },
      { id: '2', content: '不满意' },
    ]
    expect(
      await send({
        msgtype: 'msgmenu',
        msgmenu: { head_content: '满意吗', list, tail_content: '谢谢' },
      }),
    ).toEqual(ok)
    const chat = await wechat.chat(appids.service, 'linyue')
    expect(chat?.messages.slice(-4)).toMatchObject([
      { kind: 'image', url: expect.stringContaining(image) },
      { kind: 'articles', articles: [{ title: '案例' }] },
      { kind: 'miniprogram', appid: appids.miniprogram, page: 'pages/home/index' },
      { kind: 'choices', head: '满意吗', items: [{ text: '满意' }, { text: '不满意' }] },
    ])
    await wechat.happen('official.choose', {
      customerId: 'linyue',
      messageId: chat?.messages.at(-1)?.id,
      itemId: '1',
    })
    expect((await wechat.pushes('service')).at(-1)).toMatch(
      /<Content><!\[CDATA\[满意\]\]><\/Content><MsgId>\d{16}<\/MsgId><bizmsgmenuid><!\[CDATA\[1\]\]>/,
    )
  })

  it('cannot go to who does not follow', async () => {
    const wechat = await openWechat()
    const { send } = sender(wechat)
    expect(
      await send({ msgtype: 'text', text: { content: 'x' } }, openids.chenguodong.service),
    ).toMatchObject({ errcode: 45015 })
  })
})

it('cgi-bin/message/custom/typing is possible for 30 seconds after a message', async () => {
  const { as, happen, post } = await openWechat()
  const type = (command = 'Typing') =>
    as('service', 'cgi-bin/message/custom/typing', { touser, command })
  expect(await type()).toMatchObject({ errcode: 45080 })
  await happen('official.message', { customerId: 'linyue', card: { kind: 'text', text: '在吗' } })
  expect(await type()).toEqual(ok)
  expect(await type('Singing')).toMatchObject({ errcode: 45072 })
  await post('/_sandbox/clock', { advanceSeconds: 31 })
  expect(await type('CancelTyping')).toMatchObject({ errcode: 45080 })
})
