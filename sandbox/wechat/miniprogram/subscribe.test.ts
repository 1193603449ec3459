import { describe, expect, it } from 'vitest'
import { appids, openWechat, openids, type OpenedWechat } from '../../testing/open-wechat.ts'
import { accounts } from '../../scenes/accounts.ts'

const template_id = accounts.wechat.miniprogram.templates[0]?.id ?? ''
const touser = openids.linyue.miniprogram
const data = {
  character_string1: { value: 'GD20261121003' },
  phrase2: { value: '已派单' },
  time3: { value: '2026年11月21日 14:30' },
  thing4: { value: '工程师两小时内联系您' },
}
const message = {
  touser,
  template_id,
  page: 'pages/workorder/detail?id=1',
  miniprogram_state: 'formal',
  lang: 'zh_CN',
  data,
}

const send = ({ as }: OpenedWechat, more: Record<string, unknown> = {}) =>
  as('miniprogram', 'cgi-bin/message/subscribe/send', { ...message, ...more })
const agree = ({ happen }: OpenedWechat, times = 1) =>
  happen('subscribe.accept', { customerId: 'linyue', templateId: template_id, times })

describe('cgi-bin/message/subscribe/send', () => {
  it('puts one card for each agreement into 服务通知', async () => {
    const wechat = await openWechat()
    expect(await send(wechat)).toMatchObject({ errcode: 43101 })
    expect(await agree(wechat, 2)).toEqual({ left: 2 })
    for (const errcode of [0, 0, 43101]) expect(await send(wechat)).toMatchObject({ errcode })
    const chat = await wechat.chat('service', 'linyue')
    expect(chat).toMatchObject({ kind: 'service' })
    expect(chat?.messages).toHaveLength(2)
    expect(chat?.messages[0]).toMatchObject({
      kind: 'form',
      title: '工单进度通知',
      rows: [{ name: '工单编号', value: 'GD20261121003' }, { value: '已派单' }, {}, {}],
      miniprogram: { appid: appids.miniprogram, page: 'pages/workorder/detail?id=1' },
    })
    await agree(wechat)
    await wechat.happen('subscribe.refuse', { customerId: 'linyue', templateId: template_id })
    expect(await send(wechat)).toMatchObject({ errcode: 43101 })
  })

  it('refuses what does not fit, and keeps the agreement', async () => {
    const wechat = await openWechat()
    await agree(wechat)
    for (const [wrong, errcode] of [
      [{ touser: 'nobody' }, 40003],
      [{ template_id: 'nonsense' }, 40037],
      [{ page: 'pages/nowhere' }, 41030],
      [{ miniprogram_state: 'beta' }, 40097],
      [{ data: { ...data, thing4: undefined } }, 47003],
      [{ data: { ...data, thing4: { value: '长'.repeat(21) } } }, 47003],
      [{ data: { ...data, phrase2: { value: '六个字的状态' } } }, 47003],
      [{ data: { ...data, character_string1: { value: '编号一' } } }, 47003],
      [{ data: { ...data, time3: { value: 'soon' } } }, 47003],
    ] as const)
      expect(await send(wechat, wrong), JSON.stringify(wrong)).toMatchObject({ errcode })
    await wechat.happen('subscribe.ban', { isBanned: true })
    expect(await send(wechat)).toMatchObject({ errcode: 43107 })
    await wechat.happen('subscribe.ban', { isBanned: false })
    expect(await send(wechat)).toMatchObject({ errcode: 0 })
  })
})

it('templates are looked up, chosen and dropped', async () => {
  const { as } = await openWechat()
  const get = (path: string, query = {}) => as('miniprogram', path, undefined, query)
  expect(await get('wxaapi/newtmpl/getcategory')).toMatchObject({ data: [{ id: 616 }] })
  const titles = (query: Record<string, string>) =>
    get('wxaapi/newtmpl/getpubtemplatetitles', query)
  expect(await titles({ ids: '616', start: '0', limit: '1' })).toMatchObject({
    count: 3,
    data: [{ tid: 43216, title: '工单状态提醒' }],
  })
  expect(await titles({ start: '0', limit: '1' })).toMatchObject({ errcode: 200018 })
  expect(await titles({ ids: '1', start: '0', limit: '1' })).toMatchObject({ errcode: 200019 })
  expect(await titles({ ids: '616', start: 'x', limit: '1' })).toMatchObject({ errcode: 200016 })
  expect(await titles({ ids: '616', start: '0', limit: '31' })).toMatchObject({ errcode: 200017 })
  expect(await get('wxaapi/newtmpl/getpubtemplatekeywords', { tid: '43216' })).toMatchObject({
    data: [{ kid: 1, name: '工单编号', rule: 'character_string' }, {}, {}, {}],
  })
  const add = (body: unknown) => as('miniprogram', 'wxaapi/newtmpl/addtemplate', body)
  expect(await add({ tid: '1', kidList: [1, 2] })).toMatchObject({ errcode: 200014 })
  expect(await add({ tid: '43216', kidList: [1] })).toMatchObject({ errcode: 200020 })
  expect(await add({ tid: '43216', kidList: [1, 9] })).toMatchObject({ errcode: 200020 })
  expect(await add({ tid: '43216', kidList: [1, 2], sceneDesc: '长'.repeat(16) })).toMatchObject({
    errcode: 200021,
  })
  const { priTmplId } = await add({ tid: '43216', kidList: [2, 1], sceneDesc: '工单' })
  const { data: list } = (await get('wxaapi/newtmpl/gettemplate')) as {
    data: { priTmplId: string; content: string }[]
  }
  expect(list.at(-1)).toMatchObject({
    priTmplId,
    content: '工单状态:{{phrase2.DATA}}\n工单编号:{{character_string1.DATA}}\n',
  })
  expect(await as('miniprogram', 'wxaapi/newtmpl/deltemplate', { priTmplId })).toMatchObject({
    errcode: 0,
  })
  expect(await as('miniprogram', 'wxaapi/newtmpl/deltemplate', { priTmplId })).toMatchObject({
    errcode: 20001,
  })
  for (let count = list.length - 1; count < 25; count += 1)
    expect(await add({ tid: '43216', kidList: [1, 2] })).toMatchObject({ errcode: 0 })
  expect(await add({ tid: '43216', kidList: [1, 2] })).toMatchObject({ errcode: 200012 })
})
