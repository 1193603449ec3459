import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ConnectionError, ProblemError } from '../../shared/client/failures.ts'
import type { PushMessage } from '../../shared/contract/materials.ts'
import {
  browserAgent,
  fakeClient,
  installClient,
  namesOf,
  oldWecomAgent,
  pretend,
  removeClient,
  wechatAgent,
  wecomAgent,
  type FakeClient,
} from '../testing/fake-client.ts'
import type { BridgeOptions } from './sdk.ts'

const card: PushMessage = {
  msgtype: 'miniprogram',
  miniprogram: {
    appid: 'wx0123456789',
    title: '保养指南',
    imgUrl: 'https://x.test/a.png',
    page: 'pages/material/index.html?share=1',
  },
}
const page = 'https://crm.test/sidebar/?corp=ww1'
const signature = {
  corpId: 'ww1',
  agentId: '1000002',
  timestamp: 1_700_000_000,
  nonceStr: 'n',
  signature: 's',
  url: page,
}

/** The SDK looks at its surroundings at import, so each test imports it anew. */
async function connect(
  client: FakeClient | null,
  userAgent: string,
  options: Partial<BridgeOptions> = {},
) {
  pretend(userAgent)
  if (client) installClient(client)
  vi.resetModules()
  const { connectBridge } = await import('./sdk.ts')
  return connectBridge({
    corpId: 'ww1',
    agentId: '1000002',
    sign: () => Promise.resolve(signature),
    timeouts: { ready: 150, answer: 100, push: 150 },
    ...options,
  })
}

/** Each import of the module makes an error class of its own, so only the shape can be compared. */
async function reasonOf(promise: Promise<unknown>): Promise<Record<string, unknown>> {
  const failure = await promise.then(
    () => null,
    (thrown: unknown) => thrown,
  )
  expect(failure).toMatchObject({ name: 'BridgeError' })
  return (failure as { reason: Record<string, unknown> }).reason
}

/**
 * Unhandled rejections that reached the page. `register` makes one of each failure; the bridge
 * handles its own ones, and only these.
 */
const unhandled: unknown[] = []
function asBrowser(reason: unknown): void {
  const event = Object.assign(new Event('unhandledrejection', { cancelable: true }), { reason })
  window.dispatchEvent(event)
  if (!event.defaultPrevented) unhandled.push(reason)
}

beforeEach(() => {
  window.location.href = page
  unhandled.length = 0
  process.on('unhandledRejection', asBrowser)
})
afterEach(() => {
  removeClient()
  process.off('unhandledRejection', asBrowser)
  expect(unhandled).toEqual([])
})

describe('opening the sidebar', () => {
  it('in a single chat knows the customer', async () => {
    const client = fakeClient()
    const bridge = await connect(client, wecomAgent)
    await expect(bridge.detectEntry()).resolves.toEqual({
      entry: 'single_chat_tools',
      target: { externalUserId: 'wmLinYue' },
    })
    expect(client.calls[0]).toMatchObject({
      name: 'agentConfig',
      params: { corpid: 'ww1', agentid: '1000002', signature: 's' },
    })
    expect(namesOf(client)).toEqual(['agentConfig', 'getContext', 'getCurExternalContact'])
  })

  it('in a group chat knows the group', async () => {
    const bridge = await connect(
      fakeClient({ getContext: { err_msg: 'getContext:ok', entry: 'group_chat_tools' } }),
      wecomAgent,
    )
    await expect(bridge.detectEntry()).resolves.toEqual({
      entry: 'group_chat_tools',
      target: { chatId: 'wrGroup' },
    })
  })

  it.each(['normal', 'chain_single_chat_tools'])(
    'from %s has no customer and asks for none',
    async (entry) => {
      const client = fakeClient({ getContext: { err_msg: 'getContext:ok', entry } })
      const bridge = await connect(client, wecomAgent)
      await expect(bridge.detectEntry()).resolves.toEqual({ entry: 'normal', target: null })
      expect(namesOf(client)).not.toContain('getCurExternalContact')
    },
  )

  it('waits for a client that is ready late', async () => {
    pretend(wecomAgent)
    const bridge = await connect(null, wecomAgent)
    const entry = bridge.detectEntry()
    installClient(fakeClient())
    document.dispatchEvent(new Event('WeixinJSBridgeReady'))
    await expect(entry).resolves.toMatchObject({ entry: 'single_chat_tools' })
  })

  it('in a client before 3.0.24 verifies the corp first and finds the customer by asking', async () => {
    const client = fakeClient()
    client.answers.getContext = undefined
    const kinds: string[] = []
    const sign = (kind: string) => (kinds.push(kind), Promise.resolve(signature))
    const bridge = await connect(client, oldWecomAgent, { sign })
    await expect(bridge.detectEntry()).resolves.toEqual({
      entry: 'single_chat_tools',
      target: { externalUserId: 'wmLinYue' },
      outdated: true,
    })
    expect(namesOf(client).slice(0, 2)).toEqual(['preVerifyJSAPI', 'agentConfig'])
    expect(kinds.sort()).toEqual(['agent', 'corp'])
  })
})

describe('every failure of the client ends in one cause', () => {
  it.each([
    ['a plain browser', browserAgent],
    ['WeChat', wechatAgent],
  ])('%s is outside WeCom, and no signature is asked for', async (_, agent) => {
    const sign = vi.fn(() => Promise.resolve(signature))
    const bridge = await connect(null, agent, { sign })
    await expect(reasonOf(bridge.detectEntry())).resolves.toMatchObject({ code: 'outside_wecom' })
    await expect(bridge.push(card)).resolves.toMatchObject({
      state: 'failed',
      cause: { code: 'outside_wecom' },
    })
    expect(sign).not.toHaveBeenCalled()
  })

  it('a wrong signature names the address that was signed and the one the page has', async () => {
    const client = fakeClient({ agentConfig: { err_msg: 'agentConfig:fail_invalid signature' } })
    const bridge = await connect(client, wecomAgent, {
      sign: () => Promise.resolve({ ...signature, url: 'https://crm.test/' }),
    })
    const reason = await reasonOf(bridge.detectEntry())
    expect(reason).toMatchObject({
      code: 'signature_invalid',
      signedUrl: 'https://crm.test/',
      pageUrl: page,
    })
  })

  it.each([
    ['fail_invalid url domain', 'url_not_trusted'],
    ['fail_user not in allow list', 'not_in_visible_range'],
    ['fail_nopermission', 'no_permission'],
    ['the permission value is offline verifying', 'no_permission'],
    ['fail_access_denied', 'no_permission'],
    ['fail_something new', 'unknown'],
  ])('agentConfig answering "%s" is %s', async (said, code) => {
    const bridge = await connect(
      fakeClient({ agentConfig: { err_msg: `agentConfig:${said}` } }),
      wecomAgent,
    )
    await expect(reasonOf(bridge.detectEntry())).resolves.toMatchObject({ code })
  })

  it.each([
    ['Windows', { err_msg: 'getCurExternalContact:fail_without context of external contact' }],
    [
      'macOS',
      {
        err_msg: 'getCurExternalContact:fail_fail_without context of external contact',
        err_code: 2,
      },
    ],
  ])('a chat without a customer is the wrong entry, in the words of %s', async (_, answer) => {
    const bridge = await connect(fakeClient({ getCurExternalContact: answer }), wecomAgent)
    await expect(reasonOf(bridge.detectEntry())).resolves.toMatchObject({ code: 'wrong_entry' })
  })

  it('a client that knows none of the calls is too old', async () => {
    const client = fakeClient()
    for (const name of ['getContext', 'getCurExternalContact', 'getCurExternalChat'])
      client.answers[name] = undefined
    const bridge = await connect(client, oldWecomAgent)
    await expect(reasonOf(bridge.detectEntry())).resolves.toMatchObject({ code: 'client_too_old' })
  })

  it('a bridge that never gets ready, and a call that is never answered, end in a timeout', async () => {
    const dead = await connect(null, wecomAgent)
    await expect(reasonOf(dead.detectEntry())).resolves.toMatchObject({ code: 'timeout' })
    const silent = await connect(fakeClient({ getContext: null }), wecomAgent)
    await expect(reasonOf(silent.detectEntry())).resolves.toMatchObject({
      code: 'timeout',
      said: expect.stringContaining('getContext'),
    })
  })

  const problem = (
    code: 'platform_refused' | 'host_not_trusted' | 'internal',
    platform?: { errcode: number; errmsg: string; fix: string },
  ) => new ProblemError({ type: '', title: '', status: 500, code, detail: '', platform })
  it.each([
    ['the network is gone', new ConnectionError('network', 'gone'), 'network'],
    ['the server is silent', new ConnectionError('timeout', '8 s'), 'timeout'],
    ['the host is not trusted', problem('host_not_trusted'), 'url_not_trusted'],
    [
      'nobody has a seat',
      problem('platform_refused', { errcode: 701008, errmsg: 'no license', fix: '' }),
      'licence',
    ],
    ['the server fails', problem('internal'), 'signature_unavailable'],
  ])(
    'when %s the signature endpoint fails, and the page hears nothing of it',
    async (_, failure, code) => {
      const bridge = await connect(fakeClient(), wecomAgent, {
        sign: () => Promise.reject(failure),
      })
      // The bridge was imported anew and knows the error classes of that import.
      const fresh = await import('../../shared/client/failures.ts')
      Object.setPrototypeOf(
        failure,
        fresh[failure.name === 'ProblemError' ? 'ProblemError' : 'ConnectionError']
          .prototype as object,
      )
      await expect(reasonOf(bridge.detectEntry())).resolves.toMatchObject({ code })
    },
  )

  it('leaves rejections of others to the page', async () => {
    const bridge = await connect(fakeClient(), wecomAgent)
    await bridge.detectEntry()
    const bug = new Error('a bug of ours')
    asBrowser(bug)
    expect(unhandled.splice(0)).toEqual([bug])
  })

  it('after a failure the next try signs again and can work', async () => {
    const client = fakeClient({ agentConfig: { err_msg: 'agentConfig:fail_invalid signature' } })
    const bridge = await connect(client, wecomAgent)
    await expect(reasonOf(bridge.detectEntry())).resolves.toMatchObject({
      code: 'signature_invalid',
    })
    client.answers.agentConfig = { err_msg: 'agentConfig:ok' }
    await expect(bridge.detectEntry()).resolves.toMatchObject({ entry: 'single_chat_tools' })
  })

  it('asks for a signature with a new ticket, once, when the client refuses one of the very address it is on', async () => {
    const client = fakeClient({ agentConfig: { err_msg: 'agentConfig:fail_invalid signature' } })
    const asked: boolean[] = []
    const sign = (_: string, url: string, refused = false) => {
      asked.push(refused)
      if (refused) client.answers.agentConfig = { err_msg: 'agentConfig:ok' }
      return Promise.resolve({ ...signature, url })
    }
    const bridge = await connect(client, wecomAgent, { sign })
    await expect(bridge.detectEntry()).resolves.toMatchObject({ entry: 'single_chat_tools' })
    expect(asked).toEqual([false, true])
  })

  it('signs the new address when the page changed while it was being signed', async () => {
    const urls: string[] = []
    const sign = (_: string, url: string) => {
      urls.push(url)
      if (urls.length === 1) window.location.href = 'https://crm.test/sidebar/?corp=ww2'
      return Promise.resolve({ ...signature, url })
    }
    const bridge = await connect(fakeClient(), wecomAgent, { sign })
    await expect(bridge.detectEntry()).resolves.toMatchObject({ entry: 'single_chat_tools' })
    expect(urls).toEqual([page, 'https://crm.test/sidebar/?corp=ww2'])
  })
})

describe('pushing a message', () => {
  it('hands it to the client unchanged and reports it as sent', async () => {
    const client = fakeClient()
    const bridge = await connect(client, wecomAgent)
    await expect(bridge.push(card)).resolves.toEqual({ state: 'sent' })
    expect(client.calls.at(-1)?.params).toMatchObject({
      msgtype: 'miniprogram',
      miniprogram: card.miniprogram,
      verifySignature: 's',
    })
  })

  it.each(['sendChatMessage:cancel', 'sendChatMessage:fail_cancel'])(
    '"%s" is the rep changing their mind, not a failure',
    async (err_msg) => {
      const bridge = await connect(fakeClient({ sendChatMessage: { err_msg } }), wecomAgent)
      await expect(bridge.push(card)).resolves.toEqual({ state: 'cancelled' })
    },
  )

  it.each([
    ['fail_no permission', 'no_permission'],
    ['fail_without context of external contact', 'wrong_entry'],
    ['fail_invalid imgUrl', 'message_refused'],
    ['fail_unsupported_msgtype', 'message_refused'],
  ])('"%s" fails with %s', async (said, code) => {
    const bridge = await connect(
      fakeClient({ sendChatMessage: { err_msg: `sendChatMessage:${said}` } }),
      wecomAgent,
    )
    await expect(bridge.push(card)).resolves.toMatchObject({ state: 'failed', cause: { code } })
  })

  it('that the client never answers fails in the end', async () => {
    const bridge = await connect(fakeClient({ sendChatMessage: null }), wecomAgent)
    await expect(bridge.push(card)).resolves.toMatchObject({
      state: 'failed',
      cause: { code: 'timeout' },
    })
  })
})
