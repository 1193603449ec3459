import { describe, expect, it } from 'vitest'
import {
  appids,
  field,
  openWechat,
  openids,
  pixel,
  upload,
  type OpenedWechat,
} from '../../testing/open-wechat.ts'

const text = { msgtype: 'text', text: { content: '冬季保养提醒' } }
const everybody = { filter: { is_to_all: true }, ...text }
const both = [openids.linyue.service, openids.hejing.service]

const soon = ({ post }: OpenedWechat) => post('/_sandbox/clock', { advanceSeconds: 2 })
const results = async ({ pushes }: OpenedWechat, kind: 'service' | 'subscription') =>
  (await pushes(kind)).filter((one) => field(one, 'Event') === 'MASSSENDJOBFINISH')

describe('mass messages', () => {
  it('reach all followers or those of a tag, and the counts come as a push: cgi-bin/message/mass/sendall, cgi-bin/message/mass/get', async () => {
    const wechat = await openWechat()
    const { as, chat, happen } = wechat
    const { tag } = (await as('service', 'cgi-bin/tags/create', { tag: { name: 'A' } })) as {
      tag: { id: number }
    }
    await as('service', 'cgi-bin/tags/members/batchtagging', { tagid: tag.id, openid_list: both })
    await happen('official.refuse', { customerId: 'hejing', isRefusing: true })
    const sent = await as('service', 'cgi-bin/message/mass/sendall', {
      filter: { is_to_all: false, tag_id: tag.id },
      ...text,
    })
    expect(sent).toEqual({
      errcode: 0,
      errmsg: 'send job submission success',
      msg_id: expect.any(Number),
    })
    const status = () => as('service', 'cgi-bin/message/mass/get', { msg_id: String(sent.msg_id) })
    expect(await status()).toEqual({ msg_id: sent.msg_id, msg_status: 'SENDING' })
    await soon(wechat)
    expect(await status()).toEqual({ msg_id: sent.msg_id, msg_status: 'SEND_SUCCESS' })
    expect((await chat(appids.service, 'linyue'))?.messages.at(-1)).toMatchObject({
      text: '冬季保养提醒',
    })
    expect((await chat(appids.service, 'hejing'))?.messages).toEqual([])
    const [result] = await results(wechat, 'service')
    const counts = ['Status', 'TotalCount', 'FilterCount', 'SentCount', 'ErrorCount'].map((name) =>
      field(result, name),
    )
    expect(counts).toEqual(['send success', '2', '2', '1', '1'])
    expect(field(result, 'MsgID')).toBe(String(sent.msg_id))
    expect(result).toMatch(
      /<CopyrightCheckResult><Count>0<\/Count>.*<ArticleUrlResult><Count>0<\/Count>/,
    )
  })

  it('reach a follower of a service account four times a month', async () => {
    const wechat = await openWechat()
    for (let sent = 0; sent < 5; sent += 1) {
      expect(await wechat.as('service', 'cgi-bin/message/mass/sendall', everybody)).toMatchObject({
        errcode: 0,
      })
      await soon(wechat)
    }
    const sentCounts = (await results(wechat, 'service')).map((one) => [
      field(one, 'SentCount'),
      field(one, 'ErrorCount'),
    ])
    expect(sentCounts).toEqual([...Array(4).fill(['2', '0']), ['0', '2']])
    await wechat.post('/_sandbox/clock', { advanceSeconds: 31 * 86_400 })
    await wechat.as('service', 'cgi-bin/message/mass/sendall', everybody)
    await soon(wechat)
    expect(field((await results(wechat, 'service')).at(-1), 'SentCount')).toBe('2')
  })

  it('of a subscription account are one a day', async () => {
    const wechat = await openWechat()
    await wechat.happen('official.follow', { appid: appids.subscription, customerId: 'linyue' })
    const send = () => wechat.as('subscription', 'cgi-bin/message/mass/sendall', everybody)
    expect(await send()).toMatchObject({ errcode: 0 })
    await soon(wechat)
    expect(await send()).toMatchObject({ errcode: 45028 })
    await wechat.post('/_sandbox/clock', { advanceSeconds: 86_400 })
    expect(await send()).toMatchObject({ errcode: 0 })
  })

  it('go to a list of at least two, once for each clientmsgid: cgi-bin/message/mass/send', async () => {
    const wechat = await openWechat()
    const { as } = wechat
    const send = (touser: string[], more = {}) =>
      as('service', 'cgi-bin/message/mass/send', { touser, ...text, ...more })
    expect(await send(both.slice(0, 1))).toMatchObject({ errcode: 40130 })
    expect(await send([...both, 'nobody'])).toMatchObject({ errcode: 40003 })
    expect(await send(both, { clientmsgid: 'x'.repeat(65) })).toMatchObject({ errcode: 45067 })
    const { msg_id } = await send(both, { clientmsgid: 'winter' })
    expect(await send(both, { clientmsgid: 'winter' })).toMatchObject({ errcode: 45066 })
    await wechat.post('/_sandbox/clock', { advanceSeconds: 61 })
    expect(await send(both, { clientmsgid: 'winter' })).toMatchObject({ errcode: 45065, msg_id })
    expect(await results(wechat, 'service')).toHaveLength(1)
  })

  it('can be stopped before they are sent: cgi-bin/message/mass/delete', async () => {
    const wechat = await openWechat()
    const { as, chat } = wechat
    const { msg_id } = await as('service', 'cgi-bin/message/mass/sendall', everybody)
    expect(await as('service', 'cgi-bin/message/mass/delete', { msg_id })).toMatchObject({
      errcode: 0,
    })
    await soon(wechat)
    expect(await as('service', 'cgi-bin/message/mass/get', { msg_id })).toMatchObject({
      msg_status: 'DELETE',
    })
    expect((await chat(appids.service, 'linyue'))?.messages).toEqual([])
    expect(await as('service', 'cgi-bin/message/mass/get', { msg_id: 1 })).toMatchObject({
      errcode: 40059,
    })
  })

  it('are tried on one follower a hundred times a day: cgi-bin/message/mass/preview', async () => {
    const { as, chat, happen } = await openWechat()
    const preview = (to: object) =>
      as('service', 'cgi-bin/message/mass/preview', { ...to, ...text })
    expect(await preview({ touser: both[0] })).toMatchObject({
      errcode: 0,
      errmsg: 'preview success',
    })
    expect((await chat(appids.service, 'linyue'))?.messages.at(-1)).toMatchObject({
      text: '冬季保养提醒',
    })
    expect(await preview({ towxname: 'somebody' })).toMatchObject({ errcode: 40132 })
    expect(await preview({ touser: openids.chenguodong.service })).toMatchObject({ errcode: 43004 })
    await happen('account.limit', {
      appid: appids.service,
      path: '/cgi-bin/message/mass/preview',
      daily: 3,
    })
    expect(await preview({ touser: both[0] })).toMatchObject({ errcode: 45009 })
  })

  it('carry articles and videos of their own: cgi-bin/media/uploadnews, cgi-bin/media/uploadvideo', async () => {
    const wechat = await openWechat()
    const { as, chat } = wechat
    const thumb_media_id = await upload(wechat, 'service', 'thumb')
    const article = {
      thumb_media_id,
      title: '案例',
      digest: '节能 23%',
      content: '<p>1</p>',
      content_source_url: 'http://example.com/case',
    }
    expect(await as('service', 'cgi-bin/media/uploadnews', { articles: [] })).toMatchObject({
      errcode: 44003,
    })
    expect(
      await as('service', 'cgi-bin/media/uploadnews', { articles: Array(9).fill(article) }),
    ).toMatchObject({ errcode: 45008 })
    const { media_id } = await as('service', 'cgi-bin/media/uploadnews', { articles: [article] })
    const sent = await as('service', 'cgi-bin/message/mass/sendall', {
      filter: { is_to_all: true },
      msgtype: 'mpnews',
      mpnews: { media_id },
    })
    expect(sent).toMatchObject({ errcode: 0, msg_data_id: expect.any(Number) })
    await soon(wechat)
    expect((await chat(appids.service, 'linyue'))?.messages.at(-1)).toMatchObject({
      kind: 'articles',
      articles: [{ title: '案例' }],
    })
    expect((await results(wechat, 'service'))[0]).toContain(
      '<ArticleUrlResult><Count>1</Count><ResultList><item><ArticleIdx>1</ArticleIdx><ArticleUrl><![CDATA[http://example.com/case]]></ArticleUrl>',
    )
    const video = await upload(wechat, 'service', 'video', pixel, 'a.mp4', 'video/mp4')
    const made = await as('service', 'cgi-bin/media/uploadvideo', {
      media_id: video,
      title: '保养',
      description: '',
    })
    expect(made).toMatchObject({ type: 'video', media_id: expect.any(String) })
    const mpvideo = {
      filter: { is_to_all: true },
      msgtype: 'mpvideo',
      mpvideo: { media_id: made.media_id },
    }
    expect(await as('service', 'cgi-bin/message/mass/sendall', mpvideo)).toMatchObject({
      errcode: 0,
    })
  })

  it('know their speed: cgi-bin/message/mass/speed/get, cgi-bin/message/mass/speed/set', async () => {
    const { as } = await openWechat()
    const set = (body: object) => as('service', 'cgi-bin/message/mass/speed/set', body)
    expect(await set({ speed: 3 })).toMatchObject({ errcode: 0 })
    expect(await as('service', 'cgi-bin/message/mass/speed/get')).toEqual({
      speed: 3,
      realspeed: 30,
    })
    expect(await set({ speed: 5 })).toMatchObject({ errcode: 45083 })
    expect(await set({})).toMatchObject({ errcode: 45084 })
  })
})
