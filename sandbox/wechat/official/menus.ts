import type { MenuButton } from '../../api.ts'
import { isRecord, textField } from '../../platform/fields.ts'
import { Refusal, type Method, type Reply, type Upstream } from '../../platform/method.ts'
import type { SceneButton } from '../../scenes/wechat.ts'
import { changed, type World } from '../../state/world.ts'
import { findByOpenid } from '../accounts/openids.ts'
import { officialOf } from '../accounts/tokens.ts'
import { readButtons } from './menu-rules.ts'
import { nextId } from './people.ts'
import type { OfficialAccountRecord } from './state.ts'

const ok = { errcode: 0, errmsg: 'ok' }

export const menuMethods: Method[] = [
  { method: 'POST', path: '/cgi-bin/menu/create', handle: createMenu },
  { method: 'GET', path: '/cgi-bin/menu/get', handle: getMenu },
  { method: 'GET', path: '/cgi-bin/menu/delete', handle: deleteMenu },
  { method: 'GET', path: '/cgi-bin/get_current_selfmenu_info', handle: getCurrentMenu },
  { method: 'POST', path: '/cgi-bin/menu/addconditional', handle: addConditional },
  { method: 'POST', path: '/cgi-bin/menu/delconditional', handle: deleteConditional },
  { method: 'POST', path: '/cgi-bin/menu/trymatch', handle: tryMatch },
]

function createMenu(world: World, call: Upstream): Reply {
  const account = officialOf(world, call, 'verified')
  const buttons = readButtons(call.body?.button, [world.scene.miniprogram.appid])
  account.menu = { id: nextId(account), buttons }
  changed(world)
  return ok
}

function getMenu(world: World, call: Upstream): Reply {
  const { menu, conditionalMenus } = officialOf(world, call, 'verified')
  if (!menu) throw new Refusal(46003, 'menu no exist')
  return {
    menu: { button: menu.buttons.map((one) => complete(world, one)), menuid: menu.id },
    ...(conditionalMenus.length > 0 && {
      conditionalmenu: conditionalMenus.map(({ id, buttons, rule }) => ({
        button: buttons.map((one) => complete(world, one)),
        matchrule: rule,
        menuid: id,
      })),
    }),
  }
}

/** As it is given out: absolute, and with an empty list where there are no buttons below. */
function complete(world: World, { sub_button: subs, url, ...button }: SceneButton): Reply {
  return {
    ...button,
    ...(url !== undefined && { url: absolute(world, url) }),
    sub_button: (subs ?? []).map((one) => complete(world, one)),
  }
}

/** The scene's own menus name pages of our product without their host. */
function absolute(world: World, url: string): string {
  return url.startsWith('/') ? `${world.addresses.webview}${url}` : url
}

/** Conditional menus go with it. */
function deleteMenu(world: World, call: Upstream): Reply {
  const account = officialOf(world, call, 'verified')
  account.menu = null
  account.conditionalMenus = []
  changed(world)
  return ok
}

/** The form in which menus from the admin's pages come too: buttons below in a `list`. */
function getCurrentMenu(world: World, call: Upstream): Reply {
  const { menu } = officialOf(world, call, 'any')
  const form = (button: SceneButton): Reply => {
    const { sub_button: _subs, ...own } = complete(world, button)
    return {
      ...own,
      ...(button.sub_button && { sub_button: { list: button.sub_button.map(form) } }),
    }
  }
  return { is_menu_open: menu ? 1 : 0, selfmenu_info: { button: (menu?.buttons ?? []).map(form) } }
}

const ruleFields = [
  'tag_id',
  'client_platform_type',
  'language',
  'group_id',
  'sex',
  'country',
  'province',
  'city',
]

function addConditional(world: World, call: Upstream): Reply {
  const account = officialOf(world, call, 'verified')
  if (!account.menu) throw new Refusal(65303, 'there is no selfmenu, please create selfmenu first')
  const buttons = readButtons(call.body?.button, [world.scene.miniprogram.appid])
  const given = call.body?.matchrule
  const rule = Object.fromEntries(
    Object.entries(isRecord(given) ? given : {}).flatMap(([name, value]) =>
      ruleFields.includes(name) && value !== '' && value !== null ? [[name, String(value)]] : [],
    ),
  )
  if (Object.keys(rule).length === 0) throw new Refusal(65304, 'match rule empty')
  const menu = { id: nextId(account), buttons, rule }
  account.conditionalMenus.push(menu)
  return { menuid: String(menu.id) }
}

function deleteConditional(world: World, call: Upstream): Reply {
  const account = officialOf(world, call, 'verified')
  const id = textField(call, 'menuid')
  if (!account.conditionalMenus.some((one) => String(one.id) === id))
    throw new Refusal(65301, 'not exist menuid')
  account.conditionalMenus = account.conditionalMenus.filter((one) => String(one.id) !== id)
  return ok
}

function tryMatch(world: World, call: Upstream): Reply {
  const account = officialOf(world, call, 'verified')
  const customer = findByOpenid(world, account.appid, textField(call, 'user_id'))
  if (!customer) throw new Refusal(65302, 'no user')
  return { button: buttonsFor(account, customer.id).map((one) => complete(world, one)) }
}

/**
 * Of the menus whose rule fits a customer the newest, else the common one. Rules but tags and the
 * language are not looked at: nobody here has them.
 */
export function buttonsFor(
  { menu, conditionalMenus, followers }: OfficialAccountRecord,
  customerId: string,
): SceneButton[] {
  const tagIds = followers.get(customerId)?.tagIds ?? []
  const fits = (rule: Record<string, string>) =>
    Object.entries(rule).every(([name, value]) =>
      name === 'tag_id' ? tagIds.includes(Number(value)) : name === 'language' && value === 'zh_CN',
    )
  return conditionalMenus.findLast(({ rule }) => fits(rule))?.buttons ?? menu?.buttons ?? []
}

/** For the desk. */
export function describeMenu(world: World, { menu }: OfficialAccountRecord): MenuButton[] {
  const describe = (button: SceneButton, path: string): MenuButton => ({
    path,
    name: button.name,
    type: button.type ?? null,
    url: button.url === undefined ? null : absolute(world, button.url),
    miniprogram:
      button.appid === undefined ? null : { appid: button.appid, page: button.pagepath ?? '' },
    children: (button.sub_button ?? []).map((one, index) => describe(one, `${path}.${index}`)),
  })
  return (menu?.buttons ?? []).map((one, index) => describe(one, String(index)))
}

/** The button at a place such as `1.2`, with its address made whole. */
export function buttonAt(
  world: World,
  buttons: SceneButton[],
  path: string,
): SceneButton | undefined {
  const [first, second] = path.split('.')
  const top = buttons[Number(first)]
  const button = second === undefined ? top : top?.sub_button?.[Number(second)]
  return (
    button && { ...button, ...(button.url !== undefined && { url: absolute(world, button.url) }) }
  )
}
