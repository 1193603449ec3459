import { describe, expect, it } from 'vitest'
import { appids, field, openWechat, openids, shapeOf } from '../../testing/open-wechat.ts'
import { accounts } from '../../scenes/accounts.ts'

const [accepted] = accounts.wechat.service.templates
const template_id = accepted?.id ?? ''
const touser = openids.linyue.service
const data = {
  character_string1: { value: 'GD20261121003' },
  thing2: { value: 'LC-75 变频螺杆机', color: '#173177' },
  time3: { value: '2026年11月21日 14:30' },
}

describe('cgi-bin/message/template/send', () => {
  it('puts a card into the chat and tells afterwards how it went', async () => {
    const { as, chat, pushes } = await openWechat()
    const miniprogram = { appid: appids.miniprogram, pagepath: 'pages/workorder/detail?id=1' }
    const reply = await as('service', 'cgi-bin/message/template/send', {
      touser,
      template_id,
      url: 'http://example.com/1',
      miniprogram,
      data,
    })
    expect(reply).toEqual({ errcode: 0, errmsg: 'ok', msgid: expect.any(Number) })
    expect((await chat(appids.service, 'linyue'))?.messages.at(-1)).toMatchObject({
      kind: 'form',
      title: '工单受理通知',
      rows: [
        { name: '工单编号', value: 'GD20261121003' },
        { name: '设备名称', value: 'LC-75 变频螺杆机' },
        { name: '受理时间', value: '2026年11月21日 14:30' },
        { name: '处理人', value: '' },
      ],
      url: 'http://example.com/1',
      miniprogram: { appid: appids.miniprogram, page: 'pages/workorder/detail?id=1' },
    })
    const [push] = await pushes('service')
    expect(shapeOf(push ?? '')).toBe(
      '<xml><ToUserName>[]</ToUserName><FromUserName>[]</FromUserName><CreateTime>0</CreateTime><MsgType>[]</MsgType><Event>[]</Event><MsgID>0</MsgID><Status>[]</Status></xml>',
    )
    expect([field(push, 'Event'), field(push, 'MsgID'), field(push, 'Status')]).toEqual([
      'TEMPLATESENDJOBFINISH',
      String(reply.msgid),
      'success',
    ])
  })

  it('refuses strangers, unknown templates and values that do not fit, and sends nothing then', async () => {
    const { as, chat, happen, pushes } = await openWechat()
    const send = (more: Record<string, unknown>) =>
      as('service', 'cgi-bin/message/template/send', { touser, template_id, data, ...more })
    expect(await send({ touser: openids.chenguodong.service })).toMatchObject({ errcode: 43004 })
    expect(await send({ touser: 'nobody' })).toMatchObject({ errcode: 40003 })
    expect(await send({ template_id: 'nonsense' })).toMatchObject({ errcode: 40037 })
    expect(await send({ miniprogram: { appid: 'wx0', pagepath: 'p' } })).toMatchObject({
      errcode: 40013,
    })
    expect(await send({ data: { ...data, thing2: { value: '长'.repeat(21) } } })).toMatchObject({
      errcode: 47003,
      errmsg: expect.stringContaining('data.thing2.value'),
    })
    expect((await chat(appids.service, 'linyue'))?.messages).toEqual([])
    expect(await pushes('service')).toEqual([])
    await happen('official.refuse', { customerId: 'linyue', isRefusing: true })
    expect(await send({})).toMatchObject({ errcode: 0 })
    expect(field((await pushes('service'))[0], 'Status')).toBe('failed:user block')
    expect((await chat(appids.service, 'linyue'))?.messages).toEqual([])
  })

  it('is not for subscription accounts', async () => {
    const { as } = await openWechat()
    expect(
      await as('subscription', 'cgi-bin/message/template/send', { touser, template_id, data }),
    ).toMatchObject({ errcode: 48001 })
  })
})

it('templates are chosen, listed and dropped: cgi-bin/template/api_add_template, get_all_private_template, del_private_template', async () => {
  const { as } = await openWechat()
  const list = async () =>
    (await as('service', 'cgi-bin/template/get_all_private_template')).template_list as {
      template_id: string
      content: string
    }[]
  expect((await list())[0]).toMatchObject({
    template_id,
    title: '工单受理通知',
    content:
      '工单编号:{{character_string1.DATA}}\n设备名称:{{thing2.DATA}}\n受理时间:{{time3.DATA}}\n处理人:{{thing4.DATA}}\n',
  })
  const add = (body: unknown) => as('service', 'cgi-bin/template/api_add_template', body)
  expect(await add({ template_id_short: '1' })).toMatchObject({ errcode: 40037 })
  const added = await add({
    template_id_short: '43216',
    keyword_name_list: ['工单状态', '工单编号'],
  })
  expect((await list()).at(-1)).toMatchObject({
    template_id: added.template_id,
    content: '工单状态:{{phrase2.DATA}}\n工单编号:{{character_string1.DATA}}\n',
  })
  const drop = () =>
    as('service', 'cgi-bin/template/del_private_template', { template_id: added.template_id })
  expect(await drop()).toMatchObject({ errcode: 0 })
  expect(await drop()).toMatchObject({ errcode: 40037 })
  for (let count = 3; count < 25; count += 1)
    expect(await add({ template_id_short: '47020' })).toMatchObject({ errcode: 0 })
  expect(await add({ template_id_short: '47020' })).toMatchObject({ errcode: 45026 })
})

it('the industry changes once a month: cgi-bin/template/api_set_industry, cgi-bin/template/get_industry', async () => {
  const { as, post } = await openWechat()
  const set = (industry_id1: string, industry_id2: string) =>
    as('service', 'cgi-bin/template/api_set_industry', { industry_id1, industry_id2 })
  expect(await set('1', '999')).toMatchObject({ errcode: 40102 })
  expect(await set('1', '4')).toMatchObject({ errcode: 0 })
  expect(await set('39', '4')).toMatchObject({ errcode: 43100 })
  expect(await as('service', 'cgi-bin/template/get_industry')).toMatchObject({
    primary_industry: { first_class: 'IT科技' },
  })
  await post('/_sandbox/clock', { advanceSeconds: 31 * 86_400 })
  expect(await set('39', '4')).toMatchObject({ errcode: 0 })
})
