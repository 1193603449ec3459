import type Router from '@koa/router'
import type { Context } from 'koa'
import { readMost } from '../../platform/body.ts'
import { now, type World } from '../../state/world.ts'
import { accountsOf, type Account } from '../accounts/accounts.ts'
import { authorizeTo, codeSeconds } from './authorizations.ts'
import { findComponent } from './components.ts'
import { setsOf, takenSets } from './sets.ts'

/**
 * The page on which an account's admin authorizes a third-party platform
 * (Authorization_Process_Technical_Description). In the real one a phone scans a code and chooses;
 * here the choice stands on the page. It works without a script and with the keyboard.
 */
export function componentPage(router: Router, world: World) {
  const path = '/open/cgi-bin/componentloginpage'
  router.get(path, (ctx) => show(ctx, world, fieldsOf(new URLSearchParams(ctx.querystring))))
  router.post(path, async (ctx) => {
    const body = await readMost(ctx.req, 100_000)
    return confirm(ctx, world, new URLSearchParams(body?.toString('utf8') ?? ''))
  })
}

interface Fields {
  component: string
  preAuthCode: string
  redirectUri: string
  authType: string
  bizAppid: string
}

function fieldsOf(values: URLSearchParams): Fields {
  const value = (name: string) => values.get(name) ?? ''
  return {
    component: value('component_appid'),
    preAuthCode: value('pre_auth_code'),
    redirectUri: value('redirect_uri'),
    authType: value('auth_type') || '3',
    bizAppid: value('biz_appid'),
  }
}

function show(ctx: Context, world: World, fields: Fields) {
  const error = whatIsWrong(world, fields)
  ctx.type = 'html'
  ctx.set('cache-control', 'no-store')
  ctx.body = layout(error === null ? form(world, fields) : `<h1>${text(error)}</h1>`)
}

/** Words as the real page shows them, for a developer who opens it wrongly. */
function whatIsWrong(
  world: World,
  { component, preAuthCode, redirectUri, bizAppid }: Fields,
): string | null {
  if (!findComponent(world, component)) return '第三方平台不存在（component_appid 错误）'
  const code = world.open.preAuthCodes.get(preAuthCode)
  if (code?.component !== component) return '预授权码错误（pre_auth_code）'
  if (now(world) >= code.expiresAt) return '预授权码已过期（pre_auth_code）'
  if (!/^https?:\/\/[^\s/]/.test(redirectUri) || !URL.canParse(redirectUri))
    return '回调地址错误（redirect_uri）'
  if (bizAppid !== '' && !accountsOf(world).some(({ appid }) => appid === bizAppid))
    return '指定的帐号不存在（biz_appid）'
  return null
}

/**
 * `biz_appid` pins one account and wins over `auth_type`: 1 official accounts, 2 mini programs, 3
 * both.
 */
function choices(world: World, { authType, bizAppid }: Fields): Account[] {
  if (bizAppid !== '') return accountsOf(world).filter(({ appid }) => appid === bizAppid)
  return accountsOf(world).filter(
    ({ kind }) =>
      authType === '3' || (authType === '1' ? kind === 'official' : kind === 'miniprogram'),
  )
}

function form(world: World, fields: Fields): string {
  const asker = findComponent(world, fields.component)?.name ?? ''
  const kept = {
    component_appid: fields.component,
    pre_auth_code: fields.preAuthCode,
    redirect_uri: fields.redirectUri,
    auth_type: fields.authType,
    biz_appid: fields.bizAppid,
  }
  const accounts = choices(world, fields).map((account, index) =>
    accountFields(world, fields.component, account, index === 0),
  )
  return `<h1>授权给 ${text(asker)}</h1><p>选择帐号和要授予的权限。权限以后可以更改或取消。</p>
<form method="post">
${Object.entries(kept).map(hidden).join('\n')}
${accounts.join('\n')}
<button>授权</button></form>`
}

function accountFields(
  world: World,
  component: string,
  { appid, name, kind }: Account,
  isFirst: boolean,
): string {
  const taken = takenSets(world, component, appid)
  const boxes = setsOf(kind).map((set) => {
    const isTaken = taken.includes(set.id)
    const note = isTaken ? '（已授权给其他平台）' : set.isExclusive ? '（只能授权给一个平台）' : ''
    const state = isTaken ? ' disabled' : ' checked'
    return `<label><input type="checkbox" name="set:${text(appid)}" value="${set.id}"${state}> ${text(set.name)}<small>${note}</small></label>`
  })
  const checked = isFirst ? ' checked' : ''
  const what = kind === 'official' ? '公众号' : '小程序'
  return `<fieldset><legend><label>
<input type="radio" name="appid" value="${text(appid)}" required${checked}>
${text(name)}<small>${what} ${text(appid)}</small></label></legend>${boxes.join('')}</fieldset>`
}

function confirm(ctx: Context, world: World, values: URLSearchParams) {
  const fields = fieldsOf(values)
  const account = choices(world, fields).find(({ appid }) => appid === values.get('appid'))
  const error = whatIsWrong(world, fields)
  if (error !== null || !account) return show(ctx, world, fields)
  const taken = takenSets(world, fields.component, account.appid)
  const allowed = setsOf(account.kind).map(({ id }) => id)
  const chosen = values.getAll(`set:${account.appid}`).map(Number)
  const sets = allowed.filter((set) => chosen.includes(set) && !taken.includes(set))
  const code = authorizeTo(world, fields.component, account.appid, sets, fields.preAuthCode)
  // A pre-authorization code is good for one authorization.
  world.open.preAuthCodes.delete(fields.preAuthCode)
  const target = new URL(fields.redirectUri)
  target.searchParams.set('auth_code', code)
  target.searchParams.set('expires_in', String(codeSeconds))
  return ctx.redirect(target.href)
}

function layout(body: string): string {
  return `<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1"><title>公众平台帐号授权</title>
<style>
body {
  margin: 0; color: #191919; background: #f6f7f8;
  font: 15px/1.6 system-ui, "PingFang SC", "Noto Sans CJK SC", sans-serif;
}
main, body > h1 { max-width: 640px; margin: 48px auto; padding: 0 24px }
h1 { font-size: 20px; font-weight: 500 }
p { color: #666 }
fieldset {
  display: grid; grid-template-columns: repeat(auto-fill, minmax(240px, 1fr)); gap: 6px;
  margin: 0 0 16px; padding: 12px 16px;
  border: 1px solid #e3e5e8; border-radius: 8px; background: #fff;
}
legend { font-weight: 500; padding: 0 6px }
small { color: #767676; margin-left: 6px; font-weight: 400 }
button {
  padding: 10px 32px; border: 0; border-radius: 6px; font: inherit;
  color: #fff; background: #07893f;
}
button:focus-visible, input:focus-visible { outline: 2px solid #1a73e8; outline-offset: 2px }
</style></head><body><main>${body}</main></body></html>`
}

function hidden([name, value]: [string, string]): string {
  return `<input type="hidden" name="${name}" value="${text(value)}">`
}

function text(value: string): string {
  return value.replace(/[&<>"]/g, (letter) => `&#${letter.charCodeAt(0)};`)
}
