import { expect, it } from 'vitest'
import { accounts } from '../scenes/accounts.ts'
import { appids, field, openids, openWechat, type OpenedWechat } from '../testing/open-wechat.ts'

const template = accounts.wechat.miniprogram.templates[0]
const templateId = template?.id ?? ''

/** 林悦's phone with the mini program in front, and the doors of its frame. */
async function openMini(wechat: OpenedWechat) {
  const miniprogram = { appid: appids.miniprogram, page: 'pages/home/index' }
  const { id, src } = await wechat.webview({ device: 'wechat', userId: 'linyue', miniprogram })
  return async (door: string, body: object = {}): Promise<Record<string, unknown>> => {
    const init = { method: 'POST', body: JSON.stringify({ webview: id, ...body }) }
    const reply = await fetch(new URL(`/_webview/mini/${door}`, src), init)
    return { status: reply.status, ...((await reply.json()) as Record<string, unknown>) }
  }
}

it('who agrees in the mini program gets the message, once', async () => {
  const wechat = await openWechat()
  const ask = await openMini(wechat)
  expect(await ask('templates', { ids: [templateId, 'nonsense'] })).toMatchObject({
    isBanned: false,
    templates: [{ id: templateId, title: template?.title }],
  })
  expect(await ask('subscribe', { accepted: [templateId, 'nonsense'] })).toMatchObject({
    status: 400,
  })
  const send = () =>
    wechat.as('miniprogram', 'cgi-bin/message/subscribe/send', {
      touser: openids.linyue.miniprogram,
      template_id: templateId,
      data: {
        character_string1: { value: 'GD20261121003' },
        phrase2: { value: '已派单' },
        time3: { value: '2026年11月21日 14:30' },
        thing4: { value: '工程师两小时内联系您' },
      },
    })
  expect(await send()).toMatchObject({ errcode: 43101 })
  expect(await ask('subscribe', { accepted: [templateId] })).toMatchObject({ status: 200 })
  for (const errcode of [0, 43101]) expect(await send()).toMatchObject({ errcode })
  expect((await wechat.chat('service', 'linyue'))?.messages).toMatchObject([
    { kind: 'form', title: template?.title },
  ])
})

it('the code of the button is the number that the person saw, once', async () => {
  const wechat = await openWechat()
  const ask = await openMini(wechat)
  const { number } = await ask('phone')
  const { code } = await ask('phone-code')
  const read = () => wechat.as('miniprogram', 'wxa/business/getuserphonenumber', { code })
  expect(await read()).toMatchObject({ errcode: 0, phone_info: { purePhoneNumber: number } })
  expect(await read()).toMatchObject({ errcode: 40029 })
})

it('a talk with the service is told to the mini program’s server', async () => {
  const wechat = await openWechat()
  await wechat.listen('miniprogram')
  const ask = await openMini(wechat)
  expect(await ask('contact', { sessionFrom: 'from-order' })).toMatchObject({ status: 200 })
  await expect
    .poll(async () =>
      (await wechat.pushes('miniprogram')).map((push) => field(push, 'SessionFrom')),
    )
    .toEqual(['from-order'])
})
