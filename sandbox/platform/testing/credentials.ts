import { openProvider } from '../../testing/open-provider.ts'
import type { OpenedSandbox } from '../../testing/open-sandbox.ts'
import { accounts } from '../../scenes/accounts.ts'
import { authorized, component } from '../../wechat/testing/third-party.ts'
import type { EveryMethod, Json } from './every-method.ts'

/** Who may call: the tokens of every kind of caller, as they stand in the query. */
export type Credentials = Record<string, Record<string, string>>

/**
 * A token of each kind: own, customized and third-party apps, suites, the provider, accounts of
 * WeChat, third-party platforms and what they act with.
 */
export async function everyCredential({ call }: EveryMethod): Promise<Credentials> {
  const knock = async (method: string, path: string, body?: unknown) =>
    call(method, path, body === undefined ? undefined : JSON.stringify(body))
  const get = async (path: string) => (await knock('GET', path)).body
  const post = async (path: string, body: unknown) => (await knock('POST', path, body)).body
  const provider = await openProvider({ get, post, knock } as unknown as OpenedSandbox)
  const [app] = accounts.apps
  const wecomToken = async (secret = '') =>
    String(
      (await get(`/wecom/cgi-bin/gettoken?corpid=${accounts.corp.id}&corpsecret=${secret}`))
        .access_token,
    )
  const stable = async ({ appid, secret }: { appid: string; secret: string }) =>
    String(
      (
        await post('/wechat/cgi-bin/stable_token', {
          grant_type: 'client_credential',
          appid,
          secret,
        })
      ).access_token,
    )
  const asked = (path: string, token: string, body?: unknown): Promise<Json> =>
    post(`/wechat${path}?access_token=${token}`, body)
  const program = await authorized(post, asked, component, accounts.miniprogram.appid)
  const official = await authorized(post, asked, component, accounts.officialAccount.appid)
  const customized = await provider.install()
  const thirdparty = await provider.install(provider.suite.id)
  return {
    own: { access_token: await wecomToken(app?.secret) },
    contactSync: { access_token: await wecomToken(accounts.contactSyncSecret) },
    customized: { access_token: customized.token },
    thirdparty: { access_token: thirdparty.token },
    template: { suite_access_token: await provider.suiteToken() },
    suite: { suite_access_token: await provider.suiteToken(provider.suite.id) },
    provider: { provider_access_token: await provider.providerToken() },
    service: { access_token: await stable(accounts.officialAccount) },
    subscription: { access_token: await stable(accounts.wechat.subscription) },
    miniprogram: { access_token: await stable(accounts.miniprogram) },
    component: { access_token: program.component, component_access_token: program.component },
    authorizedProgram: { access_token: program.token },
    authorizedOfficial: { access_token: official.token },
    nobody: {},
  }
}
