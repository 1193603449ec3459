import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startSandbox } from '../../start.ts'
import { operate, type OpenedSandbox } from '../../testing/open-sandbox.ts'
import { amr, mp4, png, uploadForm } from '../../testing/media.ts'

let sandbox: OpenedSandbox

beforeAll(async () => {
  sandbox = await operate(await startSandbox())
})
afterAll(() => sandbox.close())
beforeEach(() => sandbox.post('/_sandbox/reset', {}))

const agentid = 1000002
const mini = 'wx5e1f8c27d90b643a'
const send = (body: object) =>
  sandbox.wecom('message/send', {}, { touser: 'ZhouXiaolan', agentid, ...body })
const text = (content: string, more: object = {}) =>
  send({ msgtype: 'text', text: { content }, ...more })

async function inbox(memberId = 'ZhouXiaolan') {
  const { conversations } = await sandbox.state()
  const own = conversations.find(
    ({ kind, participants }) => kind === 'app' && participants.some(({ id }) => id === memberId),
  )
  return own?.messages ?? []
}

async function upload(type: string, bytes: Buffer, filename: string) {
  const address = `${sandbox.origin}/wecom/cgi-bin/media/upload?type=${type}&access_token=${await sandbox.wecomToken()}`
  const reply = (await (
    await fetch(address, { method: 'POST', body: uploadForm(bytes, filename) })
  ).json()) as Record<string, unknown>
  return String(reply.media_id)
}

describe('receivers of message/send', () => {
  it('are members, departments or everybody in the visible range, each once', async () => {
    expect(await text('一')).toEqual({
      errcode: 0,
      errmsg: 'ok',
      invaliduser: '',
      invalidparty: '',
      invalidtag: '',
      unlicenseduser: '',
      msgid: expect.any(String),
    })
    expect(
      await text('二', { touser: 'zhouxiaolan|HanXue', toparty: '2|99', totag: '7' }),
    ).toMatchObject({
      invalidparty: '99',
      invalidtag: '7',
    })
    expect((await inbox()).map((one) => one.kind === 'text' && one.text)).toEqual(['一', '二'])
    expect(await inbox('HanXue')).toHaveLength(1)
    expect(await text('三', { touser: '@all', toparty: '99' })).toMatchObject({
      errcode: 0,
      invalidparty: '',
    })
    expect(await inbox('HanXue')).toHaveLength(2)
    expect(await inbox('LiWeidong')).toHaveLength(0)
  })

  it('that are unknown or out of range come back in small letters, and 81013 when nobody is left', async () => {
    expect(await text('x', { touser: 'ZhouXiaolan|LiWeidong|Nobody' })).toMatchObject({
      errcode: 0,
      invaliduser: 'liweidong|nobody',
    })
    expect(await text('x', { touser: 'LiWeidong' })).toMatchObject({ errcode: 81013 })
    expect(await text('x', { touser: '' })).toMatchObject({ errcode: 82001 })
    expect(await text('x', { touser: Array(1001).fill('a').join('|') })).toMatchObject({
      errcode: 40032,
    })
    expect(await text('x', { toparty: Array(101).fill('1').join('|') })).toMatchObject({
      errcode: 82002,
    })
    expect(await inbox()).toHaveLength(1)
  })
})

describe('members without a licence', () => {
  it('are named, and get nothing', async () => {
    await sandbox.post('/_sandbox/reset', { scene: 'lapsed-licence' })
    const { env } = (await sandbox.get('/_sandbox/credentials')) as { env: Record<string, string> }
    const { access_token: token } = await sandbox.get(
      `/wecom/cgi-bin/gettoken?corpid=${env.WECOM_CORP_ID}&corpsecret=${env.WECOM_AGENT_SECRET}`,
    )
    const ask = async (path: string, body: object) =>
      (await sandbox.knock('POST', `/wecom/cgi-bin/${path}?access_token=${String(token)}`, body))
        .body
    const message = { agentid: Number(env.WECOM_AGENT_ID), msgtype: 'text', text: { content: 'x' } }
    const everybody = await ask('message/send', { ...message, touser: '@all' })
    expect(everybody).toMatchObject({ errcode: 0, unlicenseduser: expect.stringMatching(/^wo\w+/) })
    const [first = ''] = String(everybody.unlicenseduser).split('|')
    expect(first).toBe(first.toLowerCase())
    const { conversations } = await sandbox.state()
    expect(conversations.filter(({ kind }) => kind === 'app').length).toBeGreaterThan(0)
  })
})

describe('a message', () => {
  it.each([
    [{ agentid: undefined }, 41011],
    [{ agentid: 7 }, 40056],
    [{ msgtype: 'smoke' }, 40008],
    [{ msgtype: 'text', text: { content: '' } }, 44004],
    [{ msgtype: 'image', image: {} }, 41006],
    [{ msgtype: 'image', image: { media_id: 'none' } }, 40007],
    [{ msgtype: 'textcard', textcard: { description: 'd', url: 'https://a.example' } }, 41016],
    [{ msgtype: 'textcard', textcard: { title: 't', url: 'https://a.example' } }, 41033],
    [{ msgtype: 'textcard', textcard: { title: 't', description: 'd' } }, 41010],
    [{ msgtype: 'textcard', textcard: { title: 't', description: 'd', url: 'a.example' } }, 40094],
    [{ msgtype: 'news', news: { articles: [] } }, 45008],
    [
      {
        msgtype: 'news',
        news: { articles: Array(9).fill({ title: 't', url: 'https://a.example' }) },
      },
      45008,
    ],
    [{ msgtype: 'markdown', markdown: { content: 'x'.repeat(2049) } }, 45002],
    [{ msgtype: 'miniprogram_notice', miniprogram_notice: { title: '会议室预订' } }, 90200],
    [
      {
        msgtype: 'miniprogram_notice',
        miniprogram_notice: { appid: 'other', title: '会议室预订' },
      },
      90207,
    ],
    [
      {
        msgtype: 'miniprogram_notice',
        miniprogram_notice: { appid: 'wx0123456789abcdef', title: '会议室预订' },
      },
      90206,
    ],
    [
      {
        msgtype: 'miniprogram_notice',
        miniprogram_notice: {
          appid: mini,
          title: '会议室预订',
          content_item: Array(11).fill({ key: 'a', value: 'b' }),
        },
      },
      90201,
    ],
    [
      {
        msgtype: 'miniprogram_notice',
        miniprogram_notice: {
          appid: mini,
          title: '会议室预订',
          content_item: [{ key: '很'.repeat(11), value: 'b' }],
        },
      },
      90202,
    ],
    [
      {
        msgtype: 'miniprogram_notice',
        miniprogram_notice: {
          appid: mini,
          title: '会议室预订',
          content_item: [{ key: 'a', value: '长'.repeat(31) }],
        },
      },
      90203,
    ],
    [
      {
        msgtype: 'template_card',
        template_card: { card_type: 'button_interaction', main_title: { title: 't' } },
      },
      42019,
    ],
  ])('is refused when it is %o, and nobody gets it', async (body, errcode) => {
    expect(await send({ msgtype: 'text', text: { content: 'x' }, ...body })).toMatchObject({
      errcode,
    })
    expect(await inbox()).toHaveLength(0)
  })

  it('of media shows the file of the corp', async () => {
    const ids = [
      await upload('image', png, 'a.png'),
      await upload('voice', amr(3), 'b.amr'),
      await upload('video', mp4, 'c.mp4'),
      await upload('file', Buffer.from('a price list'), '报价.pdf'),
    ]
    const kinds = ['image', 'voice', 'video', 'file']
    for (const [at, msgtype] of kinds.entries())
      expect(await send({ msgtype, [msgtype]: { media_id: ids[at] } })).toMatchObject({
        errcode: 0,
      })
    expect(await send({ msgtype: 'image', image: { media_id: ids[3] } })).toMatchObject({
      errcode: 40007,
    })
    const [image, voice, video, file] = await inbox()
    expect(image).toMatchObject({ kind: 'image', url: expect.stringContaining('/_sandbox/media/') })
    expect(voice).toMatchObject({ kind: 'voice', seconds: 3 })
    expect(video).toMatchObject({ kind: 'video', title: 'c.mp4' })
    expect(file).toMatchObject({ kind: 'file', name: '报价.pdf', bytes: 12 })
    expect(
      (await fetch(image?.kind === 'image' ? image.url : '')).headers.get('content-type'),
    ).toBe('image/png')
  })

  it('is cut to its length, and its tags are no words', async () => {
    await text('中'.repeat(700))
    await send({
      msgtype: 'textcard',
      textcard: {
        title: '领奖',
        description: '<div class="gray">周一</div>请领',
        url: 'https://a.example/',
        btntxt: '立即去领取吧',
      },
    })
    const [long, card] = await inbox()
    expect(long?.kind === 'text' && Buffer.byteLength(long.text)).toBe(2046)
    expect(card).toMatchObject({
      kind: 'form',
      desc: '周一\n请领',
      button: '立即去领',
      url: 'https://a.example/',
    })
  })

  it('of articles or of the mini program leads there', async () => {
    const articles = [
      { title: '节能', url: 'https://a.example/', picurl: 'https://a.example/p.png' },
      { title: '保养', appid: mini, pagepath: 'pages/home/index' },
    ]
    await send({ msgtype: 'news', news: { articles } })
    const notice = {
      appid: mini,
      page: 'pages/home/index?x=1',
      title: '工单已更新',
      description: '4月27日 16:16',
      content_item: [{ key: '状态', value: '处理中' }, {}],
    }
    await send({ msgtype: 'miniprogram_notice', miniprogram_notice: notice })
    expect(await inbox()).toMatchObject([
      {
        kind: 'articles',
        articles: [
          { title: '节能', url: 'https://a.example/' },
          { miniprogram: { appid: mini, page: 'pages/home/index' } },
        ],
      },
      {
        kind: 'form',
        title: '工单已更新',
        rows: [{ name: '状态', value: '处理中' }],
        miniprogram: { page: 'pages/home/index?x=1' },
      },
    ])
    // WW-96458: these cannot go to everybody.
    expect(
      await send({ touser: '@all', msgtype: 'miniprogram_notice', miniprogram_notice: notice }),
    ).toMatchObject({ errcode: 81013 })
  })

  it('that is the same again within the interval is answered, not delivered', async () => {
    const check = { enable_duplicate_check: 1, duplicate_check_interval: 60 }
    for (let time = 0; time < 2; time += 1)
      expect(await text('重复', check)).toMatchObject({ errcode: 0 })
    expect(await inbox()).toHaveLength(1)
    await sandbox.post('/_sandbox/clock', { advanceSeconds: 61 })
    await text('重复', check)
    expect(await inbox()).toHaveLength(2)
  })

  it('to one member is dropped without a word after 30 in a minute', async () => {
    for (let at = 0; at < 32; at += 1) expect(await text(String(at))).toMatchObject({ errcode: 0 })
    expect(await inbox()).toHaveLength(30)
    await sandbox.post('/_sandbox/clock', { advanceSeconds: 61 })
    await text('again')
    expect(await inbox()).toHaveLength(31)
  })
})

describe('message/recall', () => {
  it('takes a message back within a day', async () => {
    const { msgid } = await text('写错了')
    expect(await sandbox.wecom('message/recall', {}, { msgid })).toEqual({
      errcode: 0,
      errmsg: 'ok',
    })
    expect(await inbox()).toMatchObject([{ kind: 'notice', text: '营销助手撤回了一条消息' }])
    const late = await text('晚了')
    await sandbox.post('/_sandbox/clock', { advanceSeconds: 86_401 })
    expect(await sandbox.wecom('message/recall', {}, { msgid: late.msgid })).toMatchObject({
      errcode: 40058,
    })
    expect(await sandbox.wecom('message/recall', {}, { msgid: 'none' })).toMatchObject({
      errcode: 40058,
    })
  })
})

describe('a template card', () => {
  const card = {
    card_type: 'button_interaction',
    task_id: 'order-7',
    main_title: { title: '工单待确认', desc: '空压机异响' },
    horizontal_content_list: [{ keyname: '客户', value: '林悦' }],
    button_list: [{ text: '接单', key: 'accept' }],
  }

  it('is updated once with its code: message/update_template_card', async () => {
    const { response_code: code } = await send({ msgtype: 'template_card', template_card: card })
    expect(await inbox()).toMatchObject([
      {
        kind: 'form',
        title: '工单待确认',
        rows: [{ name: '客户', value: '林悦' }],
        button: '接单',
      },
    ])
    const update = (more: object) =>
      sandbox.wecom(
        'message/update_template_card',
        {},
        { userids: ['ZhouXiaolan', 'Nobody'], agentid, response_code: code, ...more },
      )
    expect(await update({})).toMatchObject({ errcode: 42020 })
    expect(await update({ button: { replace_name: '已接单' } })).toEqual({
      errcode: 0,
      errmsg: 'ok',
      invaliduser: ['nobody'],
    })
    expect(await inbox()).toMatchObject([{ button: '已接单' }])
    expect(await update({ button: { replace_name: '已接单' } })).toMatchObject({ errcode: 60140 })
  })

  it('of text has no code, and the one that a press brings is good for 72 hours', async () => {
    const plain = {
      card_type: 'text_notice',
      sub_title_text: '您好',
      card_action: { type: 1, url: 'https://a.example/' },
    }
    expect(await send({ msgtype: 'template_card', template_card: plain })).not.toHaveProperty(
      'response_code',
    )
    await send({ msgtype: 'template_card', template_card: card })
    const messageId = (await inbox()).at(-1)?.id
    const press = { memberId: 'ZhouXiaolan', messageId, key: 'accept' }
    expect(
      (await sandbox.knock('POST', '/_sandbox/happenings/app.card', { ...press, key: 'other' }))
        .status,
    ).toBe(400)
    const { responseCode } = await sandbox.post('/_sandbox/happenings/app.card', press)
    await sandbox.post('/_sandbox/clock', { advanceSeconds: 72 * 3600 + 1 })
    const late = { atall: 1, agentid, response_code: responseCode, button: { replace_name: 'x' } }
    expect(await sandbox.wecom('message/update_template_card', {}, late)).toMatchObject({
      errcode: 60140,
    })
  })
})
