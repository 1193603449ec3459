import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Delivery } from '../../api.ts'
import { startSandbox } from '../../start.ts'
import { operate, type OpenedSandbox } from '../../testing/open-sandbox.ts'

let sandbox: OpenedSandbox

beforeAll(async () => {
  sandbox = await operate(await startSandbox())
})
afterAll(() => sandbox.close())
beforeEach(() => sandbox.post('/_sandbox/reset', {}))

const agentid = '1000002'
const happen = (name: string, body: object) =>
  sandbox.post(`/_sandbox/happenings/${name}`, { memberId: 'ZhouXiaolan', ...body })
const pushed = async () => {
  const { items } = (await sandbox.get('/_sandbox/deliveries')) as unknown as { items: Delivery[] }
  return items.at(-1)?.body ?? ''
}
const head =
  /^<xml><ToUserName><!\[CDATA\[ww7c1d4e0fa2b95836\]\]><\/ToUserName><FromUserName><!\[CDATA\[ZhouXiaolan\]\]><\/FromUserName><CreateTime>\d+<\/CreateTime>/

describe('what a member writes to an app', () => {
  const link = { kind: 'link', title: '保养', desc: '说明', url: 'https://a.example/', imgUrl: '' }
  it.each([
    [
      'text',
      { kind: 'text', text: '在吗' },
      '<MsgType><![CDATA[text]]></MsgType><Content><![CDATA[在吗]]></Content>',
    ],
    [
      'link',
      link,
      '<MsgType><![CDATA[link]]></MsgType><Title><![CDATA[保养]]></Title><Description><![CDATA[说明]]></Description>',
    ],
    [
      'location',
      { kind: 'location', name: '工厂', address: '', latitude: 31.2, longitude: 120.5 },
      '<Location_X>31.2</Location_X><Location_Y>120.5</Location_Y><Scale>16</Scale><Label><![CDATA[工厂]]></Label>',
    ],
    ['image', { kind: 'image', url: 'https://a.example/a.png' }, '<PicUrl><![CDATA['],
    ['voice', { kind: 'voice', seconds: 2, url: '' }, '<Format><![CDATA[amr]]></Format>'],
    ['video', { kind: 'video', title: '', imgUrl: '', url: '' }, '<ThumbMediaId><![CDATA['],
  ])('reaches it as a %s', async (_kind, card, part) => {
    await happen('app.message', { card })
    const body = await pushed()
    expect(body).toMatch(head)
    expect(body).toContain(part)
    expect(body).toMatch(/<MsgId>\d{10,}<\/MsgId><AgentID>1000002<\/AgentID>/)
    const { conversations } = await sandbox.state()
    expect(conversations.find(({ kind }) => kind === 'app')?.messages).toMatchObject([
      { ...card, from: { kind: 'member', id: 'ZhouXiaolan' } },
    ])
  })

  it('brings a medium that the app can fetch', async () => {
    await happen('app.message', { card: { kind: 'image', url: 'https://a.example/a.png' } })
    const id = /<MediaId><!\[CDATA\[([^\]]+)/.exec(await pushed())?.[1] ?? ''
    const medium = await fetch(
      `${sandbox.origin}/wecom/cgi-bin/media/get?access_token=${await sandbox.wecomToken()}&media_id=${id}`,
    )
    expect(medium.headers.get('content-type')).toBe('image/png')
  })

  it('is refused for strangers, and for cards that nobody can write', async () => {
    const refuse = async (body: object) =>
      (await sandbox.knock('POST', '/_sandbox/happenings/app.message', body)).status
    const card = { kind: 'text', text: 'x' }
    expect(await refuse({ memberId: 'Nobody', card })).toBe(400)
    expect(await refuse({ memberId: 'LiWeidong', card })).toBe(400)
    expect(await refuse({ memberId: 'ZhouXiaolan', agentId: '7', card })).toBe(400)
    expect(
      await refuse({
        memberId: 'ZhouXiaolan',
        card: { kind: 'file', name: 'a', bytes: 1, url: '' },
      }),
    ).toBe(400)
    expect((await sandbox.state()).conversations.some(({ kind }) => kind === 'app')).toBe(false)
  })
})

describe('what else an app hears', () => {
  it('is enter_agent, subscribe, unsubscribe and LOCATION', async () => {
    await happen('app.enter', {})
    expect(await pushed()).toContain(
      '<Event><![CDATA[enter_agent]]></Event><EventKey><![CDATA[]]></EventKey><AgentID>1000002</AgentID>',
    )
    await happen('app.subscribe', {})
    expect(await pushed()).toContain('<Event><![CDATA[subscribe]]></Event>')
    await happen('app.subscribe', { subscribed: false })
    expect(await pushed()).toContain('<Event><![CDATA[unsubscribe]]></Event>')
    await happen('app.location', { latitude: 31.2, longitude: 120.5 })
    expect(await pushed()).toContain('<Event><![CDATA[LOCATION]]></Event><Latitude>31.2</Latitude>')
  })

  it('is a template_card_event with a code', async () => {
    const card = {
      card_type: 'button_interaction',
      task_id: 't1',
      main_title: { title: '工单' },
      button_list: [{ text: '接单', key: 'accept' }],
    }
    await sandbox.wecom(
      'message/send',
      {},
      { touser: 'ZhouXiaolan', agentid: 1000002, msgtype: 'template_card', template_card: card },
    )
    const { conversations } = await sandbox.state()
    const messageId = conversations.find(({ kind }) => kind === 'app')?.messages[0]?.id
    await happen('app.card', { messageId, key: 'accept' })
    expect(await pushed()).toContain(
      '<Event><![CDATA[template_card_event]]></Event><EventKey><![CDATA[accept]]></EventKey><TaskId><![CDATA[t1]]></TaskId><CardType><![CDATA[button_interaction]]></CardType><ResponseCode>',
    )
  })
})

describe("an app's menu", () => {
  const button = [
    { type: 'click', name: '今日工单', key: 'orders' },
    { name: '更多', sub_button: [{ type: 'view', name: '主页', url: 'https://a.example/' }] },
  ]
  const create = (body: object) => sandbox.wecom('menu/create', { agentid }, body)

  it('is created, read and deleted: menu/create, menu/get, menu/delete', async () => {
    expect(await sandbox.wecom('menu/get', { agentid })).toMatchObject({ errcode: 46003 })
    expect(await create({ button })).toEqual({ errcode: 0, errmsg: 'ok' })
    expect(await sandbox.wecom('menu/get', { agentid })).toEqual({
      errcode: 0,
      errmsg: 'ok',
      button,
    })
    await happen('app.menu', { path: '0' })
    expect(await pushed()).toContain(
      '<Event><![CDATA[click]]></Event><EventKey><![CDATA[orders]]></EventKey>',
    )
    await happen('app.menu', { path: '1.0' })
    expect(await pushed()).toContain(
      '<Event><![CDATA[view]]></Event><EventKey><![CDATA[https://a.example/]]></EventKey>',
    )
    expect(
      (
        await sandbox.knock('POST', '/_sandbox/happenings/app.menu', {
          memberId: 'ZhouXiaolan',
          path: '1',
        })
      ).status,
    ).toBe(400)
    expect(await sandbox.wecom('menu/delete', { agentid })).toMatchObject({ errcode: 0 })
    expect(await sandbox.wecom('menu/get', { agentid })).toMatchObject({ errcode: 46003 })
  })

  it.each([
    [{ button: [] }, 40016],
    [{ button: [button[0], button[0], button[0], button[0]] }, 40016],
    [{ button: [{ type: 'dance', name: 'x', key: 'k' }] }, 40017],
    [{ button: [{ type: 'click', name: '一二三四五六', key: 'k' }] }, 40018],
    [{ button: [{ type: 'click', name: 'x', key: 'k'.repeat(129) }] }, 40019],
    [{ button: [{ type: 'view', name: 'x', url: 'h'.repeat(1025) }] }, 40020],
    [{ button: [{ type: 'click', key: 'k' }] }, 41102],
    [{ button: [{ name: 'x', sub_button: Array(6).fill(button[0]) }] }, 40023],
    [{ button: [{ name: 'x', sub_button: [button[1]] }] }, 40022],
  ])('is not %o', async (body, errcode) => {
    expect(await create(body)).toMatchObject({ errcode })
    expect(await sandbox.wecom('menu/get', { agentid })).toMatchObject({ errcode: 46003 })
  })

  it('belongs to the app of the token', async () => {
    expect(await sandbox.wecom('menu/get')).toMatchObject({ errcode: 41011 })
    expect(await sandbox.wecom('menu/get', { agentid: '7' })).toMatchObject({ errcode: 40056 })
  })
})
