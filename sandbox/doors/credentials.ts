import { idsOf } from '../state/ids.ts'
import type { World } from '../state/world.ts'
import { mainApp } from '../wecom/apps/state.ts'

/**
 * The environment that points a server at this sandbox. Server to platform goes by 127.0.0.1, what
 * a browser opens by localhost.
 */
export function credentials(world: World): Record<string, string> {
  const { scene, addresses } = world
  const app = mainApp(world)
  const callback = world.pushes.addresses[`app:${app.key}`]
  const direct = addresses.sandbox.replace('localhost', '127.0.0.1')
  return {
    PUBLIC_URL: addresses.webview,
    CORP_NAME: scene.corp.name,
    WECOM_API_URL: `${direct}/wecom`,
    WECHAT_API_URL: `${direct}/wechat`,
    WECHAT_OPEN_URL: `${addresses.sandbox}/open`,
    // As the app knows it: a customized app gets it encrypted.
    WECOM_CORP_ID: idsOf(world, app).corp(app.corpId),
    WECOM_AGENT_ID: app.agentId,
    WECOM_AGENT_SECRET: app.secret,
    WECOM_CALLBACK_TOKEN: callback?.token ?? '',
    WECOM_CALLBACK_AES_KEY: callback?.aesKey ?? '',
    WECOM_TRUSTED_HOSTS: new URL(addresses.webview).host,
    MINIPROGRAM_APP_ID: scene.miniprogram.appid,
    MINIPROGRAM_APP_SECRET: scene.miniprogram.secret,
    OFFICIAL_ACCOUNT_APP_ID: scene.officialAccount.appid,
    OFFICIAL_ACCOUNT_APP_SECRET: scene.officialAccount.secret,
    MAP_TILES_URL: `${addresses.sandbox}/map/{z}/{x}/{y}.svg`,
  }
}

/**
 * What a service provider and WeChat's third-party platforms hold, and the corp's secret for
 * 通讯录同步: no server of one corp needs them.
 */
export function providerCredentials({ apps, scene }: World) {
  return {
    provider: apps.provider,
    components: scene.components,
    contactSyncSecret: apps.contactSync.secret,
  }
}
