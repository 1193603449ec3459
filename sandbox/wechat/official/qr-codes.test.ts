import { describe, expect, it } from 'vitest'
import {
  appids,
  field,
  openWechat,
  openids,
  shapeOf,
  type OpenedWechat,
} from '../../testing/open-wechat.ts'
import { readCode } from '../../testing/read-code.ts'

const head =
  '<xml><ToUserName>[]</ToUserName><FromUserName>[]</FromUserName><CreateTime>0</CreateTime><MsgType>[]</MsgType><Event>[]</Event>'

const create = ({ as }: OpenedWechat, action_name: string, scene: unknown, more = {}) =>
  as('service', 'cgi-bin/qrcode/create', {
    action_name,
    action_info: { scene },
    ...more,
  }) as Promise<Record<string, string>>
const scan = ({ post }: OpenedWechat, userId: string, text: string | undefined) =>
  post('/_sandbox/scans', { device: 'wechat', userId, text })

describe('cgi-bin/qrcode/create', () => {
  it('gives a ticket whose picture scans as the url', async () => {
    const wechat = await openWechat()
    const code = await create(
      wechat,
      'QR_STR_SCENE',
      { scene_str: 'expo-2026' },
      { expire_seconds: 604_800 },
    )
    expect(code).toEqual({
      ticket: expect.any(String),
      expire_seconds: 604_800,
      url: expect.stringMatching(/^http:\/\/weixin\.qq\.com\/q\//),
    })
    const picture = await fetch(
      `${wechat.origin}/wechat-mp/cgi-bin/showqrcode?ticket=${encodeURIComponent(code.ticket ?? '')}`,
    )
    expect(picture.headers.get('content-type')).toBe('image/png')
    expect(await readCode(Buffer.from(await picture.arrayBuffer()))).toBe(code.url)
    expect(
      (await fetch(`${wechat.origin}/wechat-mp/cgi-bin/showqrcode?ticket=nonsense`)).status,
    ).toBe(404)
    const { shownCodes } = await wechat.state()
    expect(shownCodes.find(({ text }) => text === code.url)).toMatchObject({
      title: expect.stringContaining('expo-2026'),
    })
  })

  it('lasts 30 seconds unless said, or for good, and then the same scene is the same code', async () => {
    const wechat = await openWechat()
    expect(await create(wechat, 'QR_SCENE', { scene_id: 7 })).toMatchObject({ expire_seconds: 30 })
    const forGood = await create(wechat, 'QR_LIMIT_SCENE', { scene_id: 7 })
    expect(forGood).not.toHaveProperty('expire_seconds')
    expect(await create(wechat, 'QR_LIMIT_SCENE', { scene_id: 7 })).toEqual(forGood)
  })

  it('refuses what no code can be, and subscription accounts', async () => {
    const wechat = await openWechat()
    for (const [action, scene, more, errcode] of [
      ['QR_NONSENSE', { scene_id: 1 }, {}, 40053],
      ['QR_SCENE', {}, {}, 40129],
      ['QR_LIMIT_SCENE', { scene_id: 100_001 }, {}, 40129],
      ['QR_LIMIT_STR_SCENE', { scene_str: 'x'.repeat(65) }, {}, 40129],
      ['QR_SCENE', { scene_id: 1 }, { expire_seconds: 2_592_001 }, 40035],
    ] as const)
      expect(await create(wechat, action, scene, more)).toMatchObject({ errcode })
    const body = { action_name: 'QR_SCENE', action_info: { scene: { scene_id: 1 } } }
    expect(await wechat.as('subscription', 'cgi-bin/qrcode/create', body)).toMatchObject({
      errcode: 48001,
    })
  })
})

describe('a scanned code', () => {
  it('makes a stranger a follower, with the scene in the event', async () => {
    const wechat = await openWechat()
    const { url, ticket } = await create(wechat, 'QR_STR_SCENE', { scene_str: 'expo' })
    const looking = await wechat.post('/_sandbox/scans', {
      device: 'wechat',
      userId: 'chenguodong',
      text: url,
      isLooking: true,
    })
    expect(looking).toEqual({ kind: 'card', party: { kind: 'official', id: appids.service } })
    expect(await wechat.pushes('service')).toEqual([])
    const outcome = await scan(wechat, 'chenguodong', url)
    const chat = await wechat.chat(appids.service, 'chenguodong')
    expect(outcome).toEqual({ kind: 'conversation', conversationId: chat?.id })
    expect(chat?.messages).toMatchObject([{ kind: 'notice', text: '你已关注澜川压缩机' }])
    const [push] = await wechat.pushes('service')
    expect(shapeOf(push ?? '')).toBe(`${head}<EventKey>[]</EventKey><Ticket>[]</Ticket></xml>`)
    expect([field(push, 'Event'), field(push, 'EventKey'), field(push, 'Ticket')]).toEqual([
      'subscribe',
      'qrscene_expo',
      ticket,
    ])
    const fan = await wechat.as('service', 'cgi-bin/user/info', undefined, {
      openid: openids.chenguodong.service,
    })
    expect(fan).toMatchObject({
      subscribe: 1,
      subscribe_scene: 'ADD_SCENE_QR_CODE',
      qr_scene_str: 'expo',
    })
  })

  it('by a follower is a SCAN, which allows three messages', async () => {
    const wechat = await openWechat()
    const { url, ticket } = await create(wechat, 'QR_SCENE', { scene_id: 123 })
    await scan(wechat, 'linyue', url)
    const [push] = await wechat.pushes('service')
    expect(shapeOf(push ?? '')).toBe(`${head}<EventKey>[]</EventKey><Ticket>[]</Ticket></xml>`)
    expect([field(push, 'Event'), field(push, 'EventKey'), field(push, 'Ticket')]).toEqual([
      'SCAN',
      '123',
      ticket,
    ])
    const text = { touser: openids.linyue.service, msgtype: 'text', text: { content: 'hi' } }
    for (const errcode of [0, 0, 0, 45047])
      expect(await wechat.as('service', 'cgi-bin/message/custom/send', text)).toMatchObject({
        errcode,
      })
    await wechat.happen('official.scan', { customerId: 'linyue', ticket })
    expect(await wechat.pushes('service')).toHaveLength(2)
  })

  it('that has run out does nothing; the account’s own works for everybody', async () => {
    const wechat = await openWechat()
    const { url } = await create(wechat, 'QR_SCENE', { scene_id: 1 })
    await wechat.post('/_sandbox/clock', { advanceSeconds: 31 })
    expect(await scan(wechat, 'chenguodong', url)).toEqual({ kind: 'text', text: '该二维码已过期' })
    expect(await wechat.pushes('service')).toEqual([])
    const own = (await wechat.state()).shownCodes.find(
      ({ title }) => title === '公众号：澜川气站手册',
    )
    expect(await scan(wechat, 'chenguodong', own?.text)).toMatchObject({ kind: 'conversation' })
    expect((await wechat.pushes('subscription')).map((one) => field(one, 'EventKey'))).toEqual([
      undefined,
    ])
    expect(await scan(wechat, 'linyue', 'http://example.com/x')).toEqual({
      kind: 'url',
      url: 'http://example.com/x',
    })
    expect(await scan(wechat, 'linyue', 'LC-75#0017')).toEqual({ kind: 'text', text: 'LC-75#0017' })
    expect(
      await wechat.knock('POST', '/_sandbox/scans', {
        device: 'wechat',
        userId: 'nobody',
        text: 'x',
      }),
    ).toMatchObject({ status: 400 })
  })
})
