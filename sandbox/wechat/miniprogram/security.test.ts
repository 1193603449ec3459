import { describe, expect, it } from 'vitest'
import { appids, field, openWechat, openids, pixel } from '../../testing/open-wechat.ts'

const openid = openids.linyue.miniprogram

describe('wxa/msg_sec_check', () => {
  it('knows risky words when the writer was here within two hours', async () => {
    const { as, happen, post } = await openWechat()
    const check = (content: string, more = {}) =>
      as('miniprogram', 'wxa/msg_sec_check', { version: 2, scene: 2, openid, content, ...more })
    expect(await check('机器漏油')).toMatchObject({ errcode: 61010 })
    await happen('miniprogram.visit', { customerId: 'linyue' })
    expect(await check('机器漏油')).toMatchObject({
      errcode: 0,
      result: { suggest: 'pass', label: 100 },
      detail: [{ strategy: 'content_model', errcode: 0 }],
      trace_id: expect.stringMatching(/^[\da-f]+-[\da-f]{8}-[\da-f]{8}$/),
    })
    expect(await check('可代开发票', { title: '滚蛋' })).toMatchObject({
      result: { suggest: 'risky', label: 10001 },
      detail: [
        { strategy: 'content_model' },
        { strategy: 'keyword', keyword: '代开发票' },
        { keyword: '滚蛋', suggest: 'review' },
      ],
    })
    await happen('security.words', { words: [{ word: '漏油', label: 21000, suggest: 'review' }] })
    expect(await check('机器漏油')).toMatchObject({ result: { suggest: 'review', label: 21000 } })
    expect(await check('')).toMatchObject({ errcode: 47001 })
    expect(await check('长'.repeat(2501))).toMatchObject({ errcode: 45002 })
    expect(await check('x', { scene: 5 })).toMatchObject({ errcode: 40129 })
    expect(await check('x', { openid: 'nobody' })).toMatchObject({ errcode: 40003 })
    await post('/_sandbox/clock', { advanceSeconds: 7200 })
    expect(await check('机器漏油')).toMatchObject({ errcode: 61010 })
  })

  it('in its former version says yes or no', async () => {
    const { as } = await openWechat()
    const check = (content: string) => as('miniprogram', 'wxa/msg_sec_check', { content })
    expect(await check('你好')).toEqual({ errcode: 0, errmsg: 'ok' })
    expect(await check('一起赌球')).toMatchObject({ errcode: 87014 })
  })
})

it('wxa/media_check_async answers by a push wxa_media_check', async () => {
  const { as, happen, post, pushes } = await openWechat()
  await happen('miniprogram.visit', { customerId: 'linyue' })
  const check = (more = {}) =>
    as('miniprogram', 'wxa/media_check_async', {
      openid,
      scene: 1,
      version: 2,
      media_type: 2,
      media_url: 'http://example.com/risky-picture.png',
      ...more,
    })
  expect(await check({ media_url: '' })).toMatchObject({ errcode: 47001 })
  expect(await check({ media_type: 3 })).toMatchObject({ errcode: 40097 })
  const { trace_id } = await check()
  expect(await pushes('miniprogram')).toEqual([])
  await post('/_sandbox/clock', { advanceSeconds: 3 })
  const [push, ...more] = await pushes('miniprogram')
  expect(more).toEqual([])
  expect([
    field(push, 'Event'),
    field(push, 'appid'),
    field(push, 'trace_id'),
    field(push, 'suggest'),
    field(push, 'label'),
  ]).toEqual(['wxa_media_check', appids.miniprogram, trace_id, 'risky', '20002'])
})

it('wxa/img_sec_check looks at the name of a file', async () => {
  const { fetchAs } = await openWechat()
  const check = async (name: string) => {
    const form = new FormData()
    form.append('media', new Blob([new Uint8Array(pixel)], { type: 'image/png' }), name)
    return (await (
      await fetchAs('miniprogram', 'wxa/img_sec_check', { method: 'POST', body: form })
    ).json()) as unknown
  }
  expect(await check('machine.png')).toEqual({ errcode: 0, errmsg: 'ok' })
  expect(await check('risky-picture.png')).toMatchObject({ errcode: 87014 })
})
