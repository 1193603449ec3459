/**
 * A WeCom client in a test: the user agent and `WeixinJSBridge`, the only two things the JS-SDK
 * sees of it (platform page §9).
 */
export interface FakeClient {
  /** Every call that reached the client. */
  calls: { name: string; params: Record<string, unknown> }[]
  /** The client's answers. An undefined one answers "function not exist"; `null` never answers. */
  answers: Record<string, Record<string, unknown> | null | undefined>
}

export const wecomAgent =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/120.0 Safari/537.36 wxwork/4.1.36 (MicroMessenger/6.2) WindowsWechat'
export const oldWecomAgent = wecomAgent.replace('4.1.36', '2.8.20')
export const wechatAgent =
  'Mozilla/5.0 (Linux; Android 14) Chrome/120.0 Mobile Safari/537.36 MicroMessenger/8.0.49'
export const browserAgent = 'Mozilla/5.0 (X11; Linux x86_64) Chrome/120.0 Safari/537.36'

/** The SDK reads the user agent once, at import, so call this before importing it. */
export function pretend(userAgent: string): void {
  Object.defineProperty(navigator, 'userAgent', { value: userAgent, configurable: true })
}

export function fakeClient(answers: FakeClient['answers'] = {}): FakeClient {
  const client: FakeClient = {
    calls: [],
    answers: {
      preVerifyJSAPI: { err_msg: 'preVerifyJSAPI:ok' },
      agentConfig: { err_msg: 'agentConfig:ok' },
      getContext: { err_msg: 'getContext:ok', entry: 'single_chat_tools' },
      getCurExternalContact: { err_msg: 'getCurExternalContact:ok', userId: 'wmLinYue' },
      getCurExternalChat: { err_msg: 'getCurExternalChat:ok', chatId: 'wrGroup' },
      sendChatMessage: { err_msg: 'sendChatMessage:ok' },
      openUserProfile: { err_msg: 'openUserProfile:ok' },
      imagePreview: { err_msg: 'imagePreview:ok' },
      closeWindow: { err_msg: 'closeWindow:ok' },
      ...answers,
    },
  }
  return client
}

export function installClient(client: FakeClient): void {
  const bridge = {
    invoke(
      name: string,
      params: Record<string, unknown>,
      callback: (result: Record<string, unknown>) => void,
    ) {
      client.calls.push({ name, params })
      const answer = client.answers[name]
      if (answer === null) return
      queueMicrotask(() =>
        callback({ ...(answer ?? { err_msg: `${name}:fail_function not exist` }) }),
      )
    },
    on: () => undefined,
  }
  Object.defineProperty(window, 'WeixinJSBridge', {
    value: bridge,
    configurable: true,
    writable: true,
  })
}

export function removeClient(): void {
  Reflect.deleteProperty(window, 'WeixinJSBridge')
}

export function namesOf(client: FakeClient): string[] {
  return client.calls.map(({ name }) => name)
}
