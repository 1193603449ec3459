import type { World } from '../state/world.ts'

/** The environment that points a server at this sandbox. Server to platform goes by 127.0.0.1, what a browser opens by localhost. */
export function credentials({ scene, addresses }: World): Record<string, string> {
  const direct = addresses.sandbox.replace('localhost', '127.0.0.1')
  return {
    PUBLIC_URL: addresses.webview,
    CORP_NAME: scene.corp.name,
    WECOM_API_URL: `${direct}/wecom`,
    WECHAT_API_URL: `${direct}/wechat`,
    WECHAT_OPEN_URL: `${addresses.sandbox}/open`,
    WECOM_CORP_ID: scene.corp.id,
    WECOM_AGENT_ID: scene.app.agentId,
    WECOM_AGENT_SECRET: scene.app.secret,
    WECOM_CALLBACK_TOKEN: scene.app.callbackToken,
    WECOM_CALLBACK_AES_KEY: scene.app.callbackAesKey,
    WECOM_TRUSTED_HOSTS: new URL(addresses.webview).host,
    MINIPROGRAM_APP_ID: scene.miniprogram.appid,
    MINIPROGRAM_APP_SECRET: scene.miniprogram.secret,
    OFFICIAL_ACCOUNT_APP_ID: scene.officialAccount.appid,
    OFFICIAL_ACCOUNT_APP_SECRET: scene.officialAccount.secret,
    MAP_TILES_URL: `${addresses.sandbox}/map/{z}/{x}/{y}.svg`,
  }
}
