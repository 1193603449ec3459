import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import type { OpenWebview, Scenario } from '../api.ts'
import { call, invoke, openStage, register, show, type Stage } from '../testing/open-stage.ts'
import { readEvents } from '../client.ts'

// What differs between the clients of one platform: versions and systems.
let stage: Stage

beforeAll(async () => {
  stage = await openStage()
}, 60_000)
afterAll(() => stage.close())
beforeEach(() => stage.sandbox.post('/_sandbox/reset', { scene: 'demo' }))

type System = NonNullable<Scenario['system']>
const systems: System[] = ['windows', 'macos', 'ios', 'android']

function open(scenario: Scenario = {}, wish: Partial<OpenWebview> = {}) {
  return show(stage, {
    device: 'wecom',
    userId: 'ZhouXiaolan',
    conversationId: 'zhou-lin',
    url: '/page',
    scenario,
    ...wish,
  })
}

const jsApiList = [
  'getCurExternalContact',
  'previewFile',
  'navigateToAddCustomer',
  'hideChatAttachmentMenu',
  'shareToExternalMoments',
]

describe('a client of each system', () => {
  it.each([
    ['windows', 'Win32', /Windows NT .*wxwork\/4\.1\.36 \(MicroMessenger/],
    ['macos', 'MacIntel', /Macintosh.*wxwork\/4\.1\.36/],
    ['ios', 'iPhone', /iPhone OS .*wxwork\/4\.1\.36 MicroMessenger\/7/],
    ['android', 'Linux armv8l', /Android 14.*wxwork\/4\.1\.36 MicroMessenger\/7/],
  ] as const)('is known by its user agent: %s', async (system, platform, userAgent) => {
    const { frame } = await open({ system })
    const seen = await frame.evaluate(() => [
      navigator.platform,
      navigator.userAgent,
      navigator.maxTouchPoints,
    ])
    expect(seen).toEqual([
      platform,
      expect.stringMatching(userAgent),
      system === 'ios' || system === 'android' ? 5 : 0,
    ])
    expect(
      await frame.evaluate(() => (window as unknown as { ww: { env: object } }).ww.env),
    ).toEqual({ isWeCom: true, isWeChat: false })
  })

  it('says in its own words that the page was opened from elsewhere', async () => {
    const raw: Record<System, unknown> = { windows: null, macos: null, ios: null, android: null }
    for (const system of systems) {
      const { frame } = await open({ system }, { entry: 'normal' })
      await register(stage, frame, { jsApiList })
      const verify = await frame.evaluate(() =>
        (window as unknown as { ww: { getVerifyParams: () => object } }).ww.getVerifyParams(),
      )
      raw[system] = await invoke(frame, 'getCurExternalContact', verify)
    }
    const words = 'without context of external contact'
    expect(raw).toEqual({
      windows: { err_msg: `getCurExternalContact:fail_${words}` },
      macos: { err_msg: `getCurExternalContact:fail_fail_${words}`, err_code: 2 },
      ios: { err_msg: `getCurExternalContact:fail_${words}`, err_code: 2 },
      android: { err_msg: `getCurExternalContact:fail_${words}`, err_code: 2 },
    })
  })

  it('says in its own words that nothing was configured, or not this', async () => {
    const unconfigured: unknown[] = []
    const undeclared: unknown[] = []
    for (const system of systems) {
      const { frame } = await open({ system })
      unconfigured.push(
        ((await invoke(frame, 'getCurExternalChat')) as { err_msg: string }).err_msg.split(':')[1],
      )
      await register(stage, frame, { jsApiList })
      undeclared.push((await call(frame, 'getCurExternalChat')).errMsg)
    }
    expect(unconfigured).toEqual([
      'fail_no permission',
      'fail_no permission',
      'fail_nopermission',
      'fail_the permission value is offline verifying',
    ])
    expect(undeclared).toEqual([
      'getCurExternalChat:permission denied',
      'getCurExternalChat:permission denied',
      'getCurExternalChat:permission denied',
      'getCurExternalChat:accessdenied',
    ])
  })
})

describe('functions of phones', () => {
  it('are missing on a desktop and in older versions', async () => {
    const answers: unknown[] = []
    const cases: Scenario[] = [
      {},
      { system: 'macos' },
      { system: 'ios', clientVersion: '3.0.30' },
      { system: 'android' },
    ]
    for (const scenario of cases) {
      const { frame } = await open(scenario)
      await register(stage, frame, { jsApiList })
      answers.push((await call(frame, 'navigateToAddCustomer')).errMsg)
      answers.push(
        (await call(frame, 'previewFile', { url: 'https://a.example/b.pdf', size: 10 })).errMsg,
      )
    }
    expect(answers).toEqual([
      'navigateToAddCustomer:function not exist',
      'previewFile:function not exist',
      'navigateToAddCustomer:function not exist',
      'previewFile:function not exist',
      'navigateToAddCustomer:function not exist',
      'previewFile:ok',
      'navigateToAddCustomer:ok',
      'previewFile:ok',
    ])
    const { frame } = await open({ system: 'android' })
    await register(stage, frame, { jsApiList })
    expect((await call(frame, 'checkJsApi', { jsApiList })).checkResult).toMatchObject({
      previewFile: true,
      shareToExternalMoments: true,
    })
  })

  it('show what only a phone shows', async () => {
    const actions: unknown[] = []
    const hangUp = new AbortController()
    onTestFinished(() => hangUp.abort())
    const stream = await fetch(`${stage.sandbox.origin}/_sandbox/stream`, { signal: hangUp.signal })
    const listening = (async () => {
      for await (const event of readEvents(stream))
        if (event.type === 'action') actions.push(event.action)
    })()
    listening.catch(() => undefined)
    const { frame } = await open({ system: 'ios' }, { entry: 'chat_attachment' })
    await register(stage, frame, { jsApiList })
    await call(frame, 'previewFile', { url: 'https://a.example/files/b.pdf?k=1', size: 10 })
    await call(frame, 'navigateToAddCustomer')
    expect(await call(frame, 'hideChatAttachmentMenu', { menuList: ['other'] })).toMatchObject({
      errMsg: 'hideChatAttachmentMenu:invalid menulist',
    })
    await call(frame, 'hideChatAttachmentMenu', { menuList: ['sendMessage'] })
    await expect
      .poll(() => actions)
      .toEqual([
        { kind: 'previewFile', url: 'https://a.example/files/b.pdf?k=1', name: 'b.pdf', bytes: 10 },
        { kind: 'addCustomer' },
        { kind: 'hideAttachmentMenu', items: ['sendMessage'] },
      ])
  })
})

describe('a client before 3.0.24', () => {
  it('takes no agentConfig before a config', async () => {
    const { frame } = await open({ clientVersion: '3.0.20' })
    const { WECOM_CORP_ID: corpid, WECOM_AGENT_ID: agentid } = stage.sandbox.env
    const proof = { corpid, agentid, timestamp: '1', nonceStr: 'n', signature: 's', jsApiList }
    expect(await invoke(frame, 'agentConfig', proof)).toEqual({
      err_msg: 'agentConfig:fail_the permission value is offline verifying',
    })
  })
})
