import { expect, it } from 'vitest'
import { field, openWechat, openids, shapeOf } from '../../testing/open-wechat.ts'

it('a customer enters the mini program’s service and writes: user_enter_tempsession, text', async () => {
  const { as, chat, happen, knock, post, pushes } = await openWechat()
  const send = (content = '您好') =>
    as('miniprogram', 'cgi-bin/message/custom/send', {
      touser: openids.linyue.miniprogram,
      msgtype: 'text',
      text: { content },
    })
  expect(await send()).toMatchObject({ errcode: 45015 })
  await happen('miniprogram.enterService', { customerId: 'linyue', sessionFrom: 'workorder=1' })
  for (const errcode of [0, 0, 45047]) expect(await send()).toMatchObject({ errcode })
  const card = { kind: 'text', text: '报修' }
  await happen('miniprogram.message', { customerId: 'linyue', card })
  for (const errcode of [0, 0, 0, 0, 0, 45047]) expect(await send()).toMatchObject({ errcode })
  const talk = await chat('service', 'linyue')
  await post('/_sandbox/messages', {
    conversationId: talk?.id,
    from: { kind: 'customer', id: 'linyue' },
    card,
  })
  expect(talk?.messages.filter(({ from }) => from.kind === 'customer')).toHaveLength(1)
  const [entered, written, again] = await pushes('miniprogram')
  expect(shapeOf(entered ?? '')).toBe(
    '<xml><ToUserName>[]</ToUserName><FromUserName>[]</FromUserName><CreateTime>0</CreateTime><MsgType>[]</MsgType><Event>[]</Event><SessionFrom>[]</SessionFrom></xml>',
  )
  expect([
    field(entered, 'Event'),
    field(entered, 'SessionFrom'),
    field(entered, 'FromUserName'),
  ]).toEqual(['user_enter_tempsession', 'workorder=1', openids.linyue.miniprogram])
  expect([written, again].map((one) => [field(one, 'MsgType'), field(one, 'Content')])).toEqual([
    ['text', '报修'],
    ['text', '报修'],
  ])
  const voice = { customerId: 'linyue', card: { kind: 'voice', seconds: 1, url: '' } }
  expect(await knock('POST', '/_sandbox/happenings/miniprogram.message', voice)).toMatchObject({
    status: 400,
  })
})
