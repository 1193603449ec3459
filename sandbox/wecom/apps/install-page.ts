import type Router from '@koa/router'
import { readMost } from '../../platform/body.ts'
import { now, type World } from '../../state/world.ts'
import { withQuery } from '../../webview/with-query.ts'
import { install, issueAuthCode } from './installation.ts'
import type { PreAuthCode } from './state.ts'
import { hostOf } from './trusted.ts'
import type { Suite } from '../../scenes/scene.ts'

interface Offer {
  suite: Suite
  code: PreAuthCode
  target: string
  state: string
}

/**
 * https://open.work.weixin.qq.com/3rdapp/install, where a provider's website sends the admin
 * (WW-90597): back with a code, and no create_auth.
 */
export function installPage(router: Router, world: World) {
  router.get('/open/3rdapp/install', (ctx) => {
    const offer = offerOf(world, ctx.querystring)
    ctx.type = 'html'
    ctx.set('cache-control', 'no-store')
    ctx.body = typeof offer === 'string' ? page(`<h1>${offer}</h1>`) : offerPage(world, offer)
  })

  router.post('/open/3rdapp/install', async (ctx) => {
    const offer = offerOf(world, ctx.querystring)
    const adminId =
      new URLSearchParams((await readMost(ctx.req, 10_000))?.toString('utf8')).get('admin') ?? ''
    const isMember = world.members.some(({ id }) => id === adminId)
    if (typeof offer === 'string' || !isMember) {
      ctx.type = 'html'
      ctx.body = page(`<h1>${typeof offer === 'string' ? offer : '请选择管理员'}</h1>`)
      return
    }
    const { suite, code, target, state } = offer
    const app = install(world, suite, { adminId, visible: { members: [], departments: [1] } })
    // A code that was used opens no second page.
    world.apps.preAuthCodes = world.apps.preAuthCodes.filter((one) => one !== code)
    const { value } = issueAuthCode(world, app, { adminId, state, renews: false })
    ctx.status = 303
    ctx.redirect(
      withQuery(target, { auth_code: value, expires_in: '600', ...(state !== '' && { state }) }),
    )
  })
}

/** What is offered, or the page's words for why nothing is. */
function offerOf(world: World, search: string): Offer | string {
  const query = new URLSearchParams(search)
  const suite = world.apps.provider.suites.find(({ id }) => id === query.get('suite_id'))
  if (!suite) return 'suite_id 参数错误'
  const code = world.apps.preAuthCodes.find(
    ({ value, suiteId }) => value === query.get('pre_auth_code') && suiteId === suite.id,
  )
  if (!code) return 'pre_auth_code 参数错误'
  if (now(world) >= code.expiresAt) return 'pre_auth_code 已过期'
  const target = query.get('redirect_uri') ?? ''
  return hostOf(target)
    ? { suite, code, target, state: query.get('state') ?? '' }
    : 'redirect_uri 参数错误'
}

function offerPage(world: World, { suite, code }: Offer): string {
  const admins = world.members
    .map(({ id, name }) => `<option value="${escape(id)}">${escape(name)}</option>`)
    .join('')
  return page(`<h1>${escape(suite.name)}</h1>
<p>${escape(world.apps.provider.name)} 提供${code.isTest ? '，测试安装' : ''}</p>
<p>安装到 ${escape(world.scene.corp.name)}，所有成员可见</p>
<form method="post"><label>管理员 <select name="admin">${admins}</select></label>
<button>同意以上授权</button></form>`)
}

function page(content: string): string {
  return `<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<title>企业微信应用授权</title>
<style>
body {
  margin: 0; color: #1d2129; background: #f5f7fa;
  font: 15px/1.7 system-ui, "PingFang SC", "Noto Sans CJK SC", sans-serif;
}
main {
  max-width: 440px; margin: 12vh auto; padding: 32px;
  border-radius: 8px; background: #fff; box-shadow: 0 2px 12px #0001;
}
h1 { font-size: 20px; margin: 0 0 8px }
p { margin: 0 0 8px; color: #5b6472 }
select { font: inherit; padding: 4px 8px }
button {
  display: block; margin-top: 20px; padding: 9px 24px; border: 0; border-radius: 4px;
  font: inherit; color: #fff; background: #267ef0; cursor: pointer;
}
</style></head><body><main>${content}</main></body></html>`
}

function escape(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`)
}
