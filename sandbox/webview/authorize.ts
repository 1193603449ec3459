import type { World } from '../state/world.ts'
import type { Ask, AuthorizeAnswer } from './authorize-answer.ts'
import { authorizeOfficial } from './authorize-official.ts'
import { wecomClientOf, authorizeWecom } from './authorize-wecom.ts'

const wrongClient = { wecom: '请在企业微信客户端打开链接', wechat: '请在微信客户端打开链接' }

/**
 * What the authorize page of open.weixin.qq.com does for the webview's user (WW-91022; the official
 * account's is alike): back to `redirect_uri` with a code, silently for snsapi_base. The redirect's
 * host must be a trusted one, port included.
 */
export function authorizePage(
  world: World,
  webviewId: string,
  search: string,
  allow: boolean | undefined,
): AuthorizeAnswer {
  const query = Object.fromEntries(new URLSearchParams(search))
  const client = wecomClientOf(world, query.appid ?? '')
  const isWecom = client !== undefined
  if (!isWecom && !world.official.accounts.some(({ appid }) => appid === query.appid))
    return { error: 'AppID 参数错误' }
  const webview = world.webviews.get(webviewId)
  // A customer follows a corp's link in WeChat: no member, but known by openid (WW-91023).
  const isRightClient = webview && (isWecom || webview.device === 'wechat')
  if (!isRightClient) return { error: isWecom ? wrongClient.wecom : wrongClient.wechat }
  if (query.response_type !== 'code') return { error: 'response_type 参数错误' }
  if (!/^[a-zA-Z0-9]{0,128}$/.test(query.state ?? '')) return { error: 'state 参数错误' }
  const ask: Ask = { query, webviewId, allow }
  return isWecom
    ? authorizeWecom(world, client, webview, ask)
    : authorizeOfficial(world, webview, ask)
}

/**
 * Without a client's name on the frame nothing runs, and the first words are what an ordinary
 * browser is told.
 */
export function authorizeHtml(world: World, appid: string): string {
  const isWecom = wecomClientOf(world, appid) !== undefined
  const words = isWecom ? wrongClient.wecom : wrongClient.wechat
  return `<!doctype html>
<html lang="zh-CN"><head><script src="/open/_client.js"></script>
<meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>${isWecom ? '企业微信' : '微信'}</title>
<style>
body {
  margin: 0; color: #191919; background: #fff;
  font: 16px/1.6 system-ui, "PingFang SC", "Noto Sans CJK SC", sans-serif;
}
section { padding: 16vh 24px 0; text-align: center }
[hidden] { display: none }
.mark {
  width: 64px; height: 64px; margin: 0 auto 24px; border-radius: 50%;
  color: #fff; background: #10aeff; font: bold 44px/64px system-ui;
}
h1 { font-size: 20px; font-weight: 500; margin: 0 0 8px }
p { color: #666; margin: 0 0 24px; font-size: 14px }
img { width: 56px; height: 56px; border-radius: 6px; display: block; margin: 0 auto 8px }
button {
  display: block; width: 184px; margin: 16px auto 0; padding: 10px; border: 0;
  border-radius: 8px; font-size: 17px; color: #06ae56; background: #f2f2f2;
}
button#allow { color: #fff; background: #07c160 }
</style></head><body>
<section id="outside"><div class="mark">i</div><h1>${words}</h1></section>
<section id="wait" hidden><p>正在登录…</p></section>
<section id="error" hidden><div class="mark">i</div><h1></h1><p></p></section>
<section id="consent" hidden><img alt=""><h1 class="name"></h1><p class="says"></p>
<button id="allow">允许</button><button id="refuse">拒绝</button></section>
</body></html>`
}
