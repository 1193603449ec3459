import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Frame } from '@playwright/test'
import type { Choice, OpenWebview } from '../api.ts'
import { call, openStage, register, show, type Stage } from '../testing/open-stage.ts'

// Functions that ask the person at the client; the test answers as the desk does.
let stage: Stage

beforeAll(async () => {
  stage = await openStage()
}, 60_000)
afterAll(() => stage.close())
beforeEach(() => stage.sandbox.post('/_sandbox/reset', { scene: 'demo' }))

const linyue = 'wmLcT3AAAA9xV2kQe7RbYw1mZsNdP6Jg'
const hengjin = 'wrLcT3AAAAj8Nq5fKd1Vx7oCyRb3MsUe'
const jsApiList = [
  'selectExternalContact',
  'selectEnterpriseContact',
  'scanQRCode',
  'openEnterpriseChat',
  'openExistedChatWithMsg',
  'shareToExternalContact',
  'shareToExternalChat',
  'shareToExternalMoments',
]

async function open(wish: Partial<OpenWebview> = {}) {
  const opened = await show(stage, {
    device: 'wecom',
    userId: 'ZhouXiaolan',
    conversationId: 'zhou-lin',
    url: '/page',
    ...wish,
  })
  await register(stage, opened.frame, { jsApiList })
  return opened
}

const pending = async (id: string) =>
  (await stage.sandbox.state()).webviews.find((one) => one.id === id)?.pendingChoice ?? null

/** Calls a function, answers the question it puts on the screen, and gives both. */
async function ask(
  frame: Frame,
  id: string,
  name: string,
  params: object,
  answer: (choice: Choice) => string[] | null,
) {
  const asked = call(frame, name, params)
  await expect.poll(() => pending(id)).not.toBeNull()
  const choice = (await pending(id)) as Choice
  await stage.sandbox.post('/_sandbox/choices', {
    webviewId: id,
    id: choice.id,
    answer: answer(choice),
  })
  const result = await asked
  await expect.poll(() => pending(id)).toBeNull()
  return { choice, result }
}

const last = async (conversationId: string) =>
  (await stage.sandbox.state()).conversations
    .find((one) => one.id === conversationId)
    ?.messages.at(-1)

describe('selectExternalContact', () => {
  it('gives the contacts that the member picks, and next time only the others if the page wants', async () => {
    const { frame, id } = await open()
    const first = await ask(frame, id, 'selectExternalContact', { filterType: 0 }, () => ['linyue'])
    expect(first.choice).toMatchObject({
      kind: 'externalContacts',
      options: expect.arrayContaining([expect.objectContaining({ id: 'linyue' })]),
    })
    expect(first.result).toMatchObject({ errCode: 0, userIds: [linyue] })
    const second = await ask(frame, id, 'selectExternalContact', { filterType: 1 }, () => null)
    expect(second.choice.options.map((one) => one.id)).not.toContain('linyue')
    expect(second.result).toMatchObject({ errMsg: 'selectExternalContact:cancel' })
  })

  it('is no place for nonsense', async () => {
    const { frame, id } = await open()
    const asked = call(frame, 'selectExternalContact', {})
    await expect.poll(() => pending(id)).not.toBeNull()
    const choice = (await pending(id)) as Choice
    const answers = [
      { webviewId: id, id: choice.id, answer: ['nobody'] },
      { webviewId: id, id: choice.id, answer: [] },
      { webviewId: id, id: 'other', answer: null },
    ]
    for (const answer of answers)
      expect((await stage.sandbox.knock('POST', '/_sandbox/choices', answer)).status).toBe(400)
    await stage.sandbox.post('/_sandbox/choices', { webviewId: id, id: choice.id, answer: null })
    expect(await asked).toMatchObject({ errMsg: 'selectExternalContact:cancel' })
  })
})

describe('selectEnterpriseContact and scanQRCode', () => {
  it('give colleagues, and what the camera saw', async () => {
    const { frame, id } = await open()
    const members = await ask(
      frame,
      id,
      'selectEnterpriseContact',
      { mode: 'multi', type: ['user'], selectedUserIds: ['HanXue'] },
      (choice) => choice.options.filter(({ chosen }) => chosen).map((one) => one.id),
    )
    expect(members.result).toMatchObject({ result: { userList: [{ id: 'HanXue' }] } })
    const scanned = await ask(frame, id, 'scanQRCode', { needResult: true }, () => [
      'https://a.example/code',
    ])
    expect(scanned.result).toMatchObject({ resultStr: 'https://a.example/code' })
    const phone = await open({ scenario: { system: 'ios' } })
    const wrapped = await ask(phone.frame, phone.id, 'scanQRCode', { needResult: true }, () => [
      'ios',
    ])
    expect(wrapped.result).toMatchObject({ resultStr: 'ios' })
  })
})

describe('the mass-send assistant', () => {
  it('sends to the contacts that the member leaves ticked, once a day', async () => {
    const { frame, id } = await open()
    const params = {
      externalUserIds: [linyue],
      text: { content: '年度保养提醒' },
      attachments: [{ msgtype: 'link', link: { title: '保养', url: 'https://a.example/' } }],
    }
    const send = () =>
      ask(frame, id, 'shareToExternalContact', params, ({ options }) =>
        options.filter(({ chosen }) => chosen).map((one) => one.id),
      )
    const { choice, result } = await send()
    expect(choice).toMatchObject({
      kind: 'massSend',
      cards: [{ kind: 'text' }, { kind: 'link', url: 'https://a.example/' }],
    })
    expect(result).toMatchObject({ errCode: 0 })
    const sent = await last('zhou-lin')
    expect(sent).toMatchObject({ kind: 'link', from: { kind: 'member', id: 'ZhouXiaolan' } })
    await send()
    expect(await last('zhou-lin')).toEqual(sent)
  })

  it('serves groups with shareToExternalChat, moments with shareToExternalMoments, and refuses what they cannot carry', async () => {
    const { frame, id } = await open({ scenario: { system: 'android' } })
    const link = { title: '案例', desc: '', link: 'https://a.example/', imgUrl: '' }
    await ask(frame, id, 'shareToExternalChat', link, () => [hengjin])
    expect(await last('group-hengjin')).toMatchObject({ kind: 'link', title: '案例' })
    expect(
      (await ask(frame, id, 'shareToExternalMoments', { text: { content: '新品' } }, () => []))
        .result,
    ).toMatchObject({ errCode: 0 })
    const mixed = {
      attachments: [
        { msgtype: 'link', link: { title: 'a', url: 'https://a.example/' } },
        { msgtype: 'image', image: { imgUrl: 'https://a.example/a.png' } },
      ],
    }
    expect(await call(frame, 'shareToExternalMoments', mixed)).toMatchObject({
      errMsg: 'shareToExternalMoments:invalid attachments',
    })
    expect(
      await call(frame, 'shareToExternalContact', { text: { content: '长'.repeat(4001) } }),
    ).toMatchObject({
      errMsg: 'shareToExternalContact:invalid text',
    })
  })
})

describe('chats', () => {
  it('open with openEnterpriseChat: one contact at once, a group after the member agreed', async () => {
    const { frame, id } = await open({ entry: 'normal' })
    expect(await call(frame, 'openEnterpriseChat', { externalUserIds: [linyue] })).toMatchObject({
      errCode: 0,
      chatId: '',
    })
    const { state } = stage.sandbox
    const before = (await state()).groupChats.length
    const group = await ask(
      frame,
      id,
      'openEnterpriseChat',
      { groupName: '验收', userIds: ['HanXue'], externalUserIds: [linyue] },
      () => ['linyue'],
    )
    expect(group.result).toMatchObject({ errCode: 0, chatId: expect.stringMatching(/^wr/) })
    expect((await state()).groupChats).toHaveLength(before + 1)
    expect(
      await call(frame, 'openEnterpriseChat', { externalUserIds: ['wmnobody'] }),
    ).toMatchObject({
      errMsg: 'openEnterpriseChat:invalid userid',
    })
  })

  it('that exist take a link with openExistedChatWithMsg', async () => {
    const { frame } = await open()
    const openChat = (msg: object) =>
      call(frame, 'openExistedChatWithMsg', { chatId: hengjin, msg })
    expect(await openChat({ msgtype: 'text' })).toMatchObject({
      errMsg: 'openExistedChatWithMsg:unsupportedmsgtype',
    })
    expect(await openChat({ msgtype: 'link', link: {} })).toMatchObject({
      errMsg: 'openExistedChatWithMsg:msglinkmissingurl',
    })
    expect(
      await openChat({ msgtype: 'link', link: { title: '图纸', url: 'https://a.example/' } }),
    ).toMatchObject({ errCode: 0 })
    expect(await last('group-hengjin')).toMatchObject({ kind: 'link', title: '图纸' })
    expect(await call(frame, 'openExistedChatWithMsg', { chatId: 'wrnone' })).toMatchObject({
      errMsg: 'openExistedChatWithMsg:invalid chatid',
    })
  })
})
