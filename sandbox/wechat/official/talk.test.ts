import { describe, expect, it } from 'vitest'
import {
  appids,
  field,
  openWechat,
  openids,
  patience,
  shapeOf,
  upload,
  type OpenedWechat,
} from '../../testing/open-wechat.ts'

const head =
  '<xml><ToUserName>[]</ToUserName><FromUserName>[]</FromUserName><CreateTime>0</CreateTime><MsgType>[]</MsgType>'
const say = ({ happen }: OpenedWechat, text = '在吗') =>
  happen('official.message', { customerId: 'linyue', card: { kind: 'text', text } })

describe('a customer’s message', () => {
  it('is pushed in the form of its kind: text, image, voice, video, shortvideo, location, link', async () => {
    const { happen, pushes, fetchAs } = await openWechat()
    const send = (card: unknown, more = {}) =>
      happen('official.message', { customerId: 'linyue', card, ...more })
    await send({ kind: 'text', text: 'A < B & ]]> C' })
    await send({ kind: 'image', url: 'http://localhost/a.png' })
    await send({ kind: 'voice', seconds: 3, url: 'http://localhost/a.amr' })
    const video = { kind: 'video', title: '', imgUrl: '', url: 'http://localhost/a.mp4' }
    await send(video)
    await send(video, { isShort: true })
    await send({
      kind: 'location',
      name: '恒进精密',
      address: '苏州工业园区',
      latitude: 31.31765,
      longitude: 120.71192,
    })
    await send({
      kind: 'link',
      title: '案例',
      desc: '节能',
      imgUrl: '',
      url: 'http://example.com/',
    })
    const sent = await pushes('service')
    expect(sent.map((one) => field(one, 'MsgType'))).toEqual([
      'text',
      'image',
      'voice',
      'video',
      'shortvideo',
      'location',
      'link',
    ])
    expect(sent.slice(1).map(shapeOf)).toEqual([
      `${head}<PicUrl>[]</PicUrl><MediaId>[]</MediaId><MsgId>0</MsgId></xml>`,
      `${head}<MediaId>[]</MediaId><Format>[]</Format><MsgId>0</MsgId></xml>`,
      `${head}<MediaId>[]</MediaId><ThumbMediaId>[]</ThumbMediaId><MsgId>0</MsgId></xml>`,
      `${head}<MediaId>[]</MediaId><ThumbMediaId>[]</ThumbMediaId><MsgId>0</MsgId></xml>`,
      `${head}<Location_X>0</Location_X><Location_Y>0</Location_Y><Scale>0</Scale><Label>[]</Label><MsgId>0</MsgId></xml>`,
      `${head}<Title>[]</Title><Description>[]</Description><Url>[]</Url><MsgId>0</MsgId></xml>`,
    ])
    expect(sent[0]).toContain('<Content><![CDATA[A < B & ]]]]><![CDATA[> C]]></Content>')
    expect(new Set(sent.map((one) => field(one, 'MsgId'))).size).toBe(7)
    const media = await fetchAs(
      'service',
      'cgi-bin/media/get',
      {},
      { media_id: field(sent[1], 'MediaId') ?? '' },
    )
    expect(media.headers.get('content-type')).toBe('image/png')
  })

  it('is the same by the phone’s own door, and impossible for who does not follow', async () => {
    const wechat = await openWechat()
    const chat = await wechat.chat(appids.service, 'linyue')
    const from = { kind: 'customer', id: 'linyue' }
    await wechat.post('/_sandbox/messages', {
      conversationId: chat?.id,
      from,
      card: { kind: 'text', text: '报修' },
    })
    expect(field((await wechat.pushes('service'))[0], 'Content')).toBe('报修')
    expect((await wechat.chat(appids.service, 'linyue'))?.messages).toMatchObject([
      { text: '报修', from },
    ])
    const stranger = { customerId: 'chenguodong', card: { kind: 'text', text: 'x' } }
    expect(
      await wechat.knock('POST', '/_sandbox/happenings/official.message', stranger),
    ).toMatchObject({ status: 400 })
    const file = { kind: 'file', name: 'a.pdf', bytes: 1, url: '' }
    expect(
      await wechat.knock('POST', '/_sandbox/messages', {
        conversationId: chat?.id,
        from,
        card: file,
      }),
    ).toMatchObject({ status: 400 })
    expect(await wechat.pushes('service')).toHaveLength(1)
  })
})

it('a customer comes, goes and tells where they are: subscribe, unsubscribe, LOCATION', async () => {
  const { happen, pushes, state, post } = await openWechat()
  await happen('official.follow', { customerId: 'chenguodong' })
  await happen('official.location', { customerId: 'chenguodong', latitude: 31.5, longitude: 120.3 })
  await post('/_sandbox/subscriptions', { customerId: 'chenguodong', subscribed: false })
  const sent = await pushes('service')
  expect(sent.map((one) => field(one, 'Event'))).toEqual(['subscribe', 'LOCATION', 'unsubscribe'])
  expect(shapeOf(sent[0] ?? '')).toBe(`${head}<Event>[]</Event></xml>`)
  expect(shapeOf(sent[1] ?? '')).toBe(
    `${head}<Event>[]</Event><Latitude>0</Latitude><Longitude>0</Longitude><Precision>0</Precision></xml>`,
  )
  const { customers, officialAccounts } = await state()
  expect(customers.find(({ id }) => id === 'chenguodong')?.subscribed).toBe(false)
  expect(officialAccounts.map(({ kind, followers }) => [kind, followers])).toEqual([
    ['service', ['linyue', 'hejing']],
    ['subscription', []],
  ])
})

describe('a passive reply', () => {
  const reply = (inner: string) =>
    `<xml><ToUserName><![CDATA[${openids.linyue.service}]]></ToUserName><FromUserName><![CDATA[gh_9b27e4d015c6]]></FromUserName><CreateTime>12345678</CreateTime>${inner}</xml>`
  const last = async (wechat: OpenedWechat) =>
    (await wechat.chat(appids.service, 'linyue'))?.messages.at(-1)

  it('appears in the chat: text, news, image', async () => {
    const wechat = await openWechat()
    const image = await upload(wechat, 'service', 'image')
    for (const [inner, message] of [
      [
        '<MsgType><![CDATA[text]]></MsgType><Content><![CDATA[你好]]></Content>',
        { kind: 'text', text: '你好', from: { kind: 'official' } },
      ],
      [
        '<MsgType><![CDATA[news]]></MsgType><ArticleCount>1</ArticleCount><Articles><item><Title><![CDATA[案例]]></Title><Description><![CDATA[节能]]></Description><PicUrl><![CDATA[]]></PicUrl><Url><![CDATA[http://example.com/]]></Url></item></Articles>',
        { kind: 'articles', articles: [{ title: '案例', url: 'http://example.com/' }] },
      ],
      [
        `<MsgType><![CDATA[image]]></MsgType><Image><MediaId><![CDATA[${image}]]></MediaId></Image>`,
        { kind: 'image' },
      ],
    ] as const) {
      await wechat.listen('service', reply(inner))
      await say(wechat)
      await expect.poll(() => last(wechat), patience).toMatchObject(message)
    }
  })

  it('may be nothing: success, or a hand-over to a person', async () => {
    const wechat = await openWechat()
    await wechat.listen(
      'service',
      reply('<MsgType><![CDATA[transfer_customer_service]]></MsgType>'),
    )
    await say(wechat, 'first')
    const received = await wechat.listen('service', 'success')
    await say(wechat, 'second')
    await expect.poll(() => received.length, patience).toBe(1)
    await wechat.listen(
      'service',
      reply('<MsgType><![CDATA[text]]></MsgType><Content><![CDATA[third]]></Content>'),
    )
    await say(wechat, 'third')
    await expect.poll(() => last(wechat), patience).toMatchObject({ from: { kind: 'official' } })
    const chat = await wechat.chat(appids.service, 'linyue')
    expect(chat?.messages.map(({ from }) => from.kind)).toEqual([
      'customer',
      'customer',
      'customer',
      'official',
    ])
  })

  it('that makes no sense shows the customer that the account is out of order', async () => {
    const wechat = await openWechat()
    await wechat.listen('service', '{"msg":"hi"}')
    await say(wechat)
    await expect
      .poll(() => last(wechat), patience)
      .toMatchObject({ kind: 'notice', text: '该公众号暂时无法提供服务，请稍后再试' })
  })
})
