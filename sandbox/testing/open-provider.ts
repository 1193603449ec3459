import type { OpenedSandbox } from './open-sandbox.ts'

type Json = Record<string, unknown>

export interface Installed {
  agentId: string
  corpId: string
  permanentCode: string
  /** The app's token: by gettoken, or for a third-party app by get_corp_token. */
  token: string
}

/**
 * The service provider of a sandbox: calls with its tokens, installs what it made, reads what was
 * pushed.
 */
export interface OpenedProvider {
  corpId: string
  secret: string
  template: { id: string; secret: string }
  suite: { id: string; secret: string }
  happen: (name: string, body: object) => Promise<Json>
  providerToken: () => Promise<string>
  suiteToken: (id?: string) => Promise<string>
  /** `service/…` or `license/…` with the provider's own token. */
  asProvider: (path: string, body: object) => Promise<Json>
  /** `service/…` with the token of the template or of another suite. */
  asSuite: (path: string, body: object, id?: string) => Promise<Json>
  install: (id?: string, more?: object) => Promise<Installed>
  /** A call with an app's token. */
  asApp: (
    token: string,
    path: string,
    query?: Record<string, string>,
    body?: object,
  ) => Promise<Json>
  /** The bodies of what was pushed, newest last. */
  pushed: (receiver: string, event?: string) => Promise<string[]>
}

export async function openProvider({ get, post, knock }: OpenedSandbox): Promise<OpenedProvider> {
  const { provider } = (await get('/_sandbox/credentials')) as {
    provider: {
      corpId: string
      secret: string
      suites: { id: string; secret: string; kind: string }[]
    }
  }
  const [template, suite] = ['customized', 'thirdparty'].map((wanted) =>
    provider.suites.find(({ kind }) => kind === wanted),
  )
  if (!template || !suite) throw new Error('the provider has no template or no suite')
  const happen = (name: string, body: object) => post(`/_sandbox/happenings/${name}`, body)
  const call = async (path: string, body: object) =>
    (await knock('POST', `/wecom/cgi-bin/${path}`, body)).body

  async function providerToken() {
    return String(
      (
        await call('service/get_provider_token', {
          corpid: provider.corpId,
          provider_secret: provider.secret,
        })
      ).provider_access_token,
    )
  }
  async function suiteToken(id = template?.id) {
    const secret = provider.suites.find((one) => one.id === id)?.secret
    const { suiteTicket } = await happen('suite.ticket', { suiteId: id })
    return String(
      (
        await call('service/get_suite_token', {
          suite_id: id,
          suite_secret: secret,
          suite_ticket: suiteTicket,
        })
      ).suite_access_token,
    )
  }
  const asProvider = async (path: string, body: object) =>
    call(`${path}?provider_access_token=${await providerToken()}`, body)
  const asSuite = async (path: string, body: object, id?: string) =>
    call(`${path}?suite_access_token=${await suiteToken(id)}`, body)
  const asApp = async (
    token: string,
    path: string,
    query: Record<string, string> = {},
    body?: object,
  ) => {
    const search = new URLSearchParams({ access_token: token, ...query })
    return (
      await knock(body === undefined ? 'GET' : 'POST', `/wecom/cgi-bin/${path}?${search}`, body)
    ).body
  }

  async function install(id = template?.id, more: object = {}): Promise<Installed> {
    const { apps } = (await happen('install.authorize', {
      adminId: 'ZhouXiaolan',
      suiteId: id,
      ...more,
    })) as {
      apps: { agentId: string; corpId: string; authCode: string }[]
    }
    const [app] = apps
    if (!app) throw new Error('nothing was installed')
    const { permanent_code } = await asSuite(
      'service/v2/get_permanent_code',
      { auth_code: app.authCode },
      id,
    )
    const permanentCode = String(permanent_code)
    const { access_token } =
      id === suite?.id
        ? await asSuite('service/get_corp_token', { auth_corpid: app.corpId, permanent_code }, id)
        : await get(`/wecom/cgi-bin/gettoken?corpid=${app.corpId}&corpsecret=${permanentCode}`)
    return { agentId: app.agentId, corpId: app.corpId, permanentCode, token: String(access_token) }
  }

  async function pushed(receiver: string, event?: string) {
    const search = new URLSearchParams({ receiver, ...(event !== undefined && { event }) })
    const { items } = (await get(`/_sandbox/deliveries?${search}`)) as { items: { body: string }[] }
    return items.map(({ body }) => body)
  }

  return {
    corpId: provider.corpId,
    secret: provider.secret,
    template,
    suite,
    happen,
    providerToken,
    suiteToken,
    asProvider,
    asSuite,
    install,
    asApp,
    pushed,
  }
}
