import { idsOf, providerIdsOf } from '../../state/ids.ts'
import { findCustomer, findMember, type World } from '../../state/world.ts'
import { component } from '../../wechat/testing/third-party.ts'
import type { Answer, EveryMethod, Json, Played } from './every-method.ts'
import { mainApp } from '../../wecom/apps/state.ts'

/** What earlier replies gave, e.g. `wecom config_id`: the ids of things that exist. */
const learnt = new Map<string, unknown>()

/**
 * A sample of the pages with the ids of this world in place of the pages' inventions, so that a
 * call gets past its first check.
 */
export function inThisWorld(world: World, { service, path, body }: Played, caller: string): Json {
  const isProvider =
    path.includes('/license/') ||
    ['template', 'suite', 'provider', 'customized', 'thirdparty'].includes(caller)
  const values = {
    ...Object.fromEntries(learnt),
    ...(service === 'wecom' ? wecomValues(world, isProvider) : wechatValues(world, caller)),
  }
  return {
    ...(replace(body ?? {}, values, service, path) as Json),
    ...better(world)[`${service} ${path}`],
  }
}

/**
 * Where the pages' sample cannot be right in any world: names that are taken, choices that exclude
 * one another.
 */
function better(world: World): Record<string, Json> {
  const [template, suite] = world.apps.provider.suites
  const ids = providerIdsOf(world)
  const installed = (id = '') => world.apps.list.find(({ suiteId }) => suiteId === id)
  const link = { title: '资料', url: 'https://example.com/a' }
  const attachments = [{ msgtype: 'link', link }]
  const [first, second] = world.members.map(({ id }) => id)
  const fresh = `n${world.apps.list.length}${world.tagGroups.length}${world.official.accounts[0]?.tags.length ?? 0}`
  const openid = findCustomer(world, 'linyue')?.miniprogramOpenid
  const button = [{ type: 'click', name: '菜单', key: 'A' }]
  return {
    'wecom /cgi-bin/service/get_provider_token': {
      corpid: world.apps.provider.corpId,
      provider_secret: world.apps.provider.secret,
    },
    'wecom /cgi-bin/service/get_suite_token': {
      ...{ suite_id: suite?.id, suite_secret: suite?.secret },
      suite_ticket: world.apps.suiteTickets[suite?.id ?? '']?.at(-1)?.value,
    },
    'wecom /cgi-bin/service/get_corp_token': { permanent_code: installed(suite?.id)?.secret },
    'wecom /cgi-bin/service/get_auth_info': { permanent_code: installed(template?.id)?.secret },
    'wecom /cgi-bin/service/get_admin_list': { agentid: Number(installed(template?.id)?.agentId) },
    'wecom /cgi-bin/service/corpid_to_opencorpid': { corpid: world.scene.corp.id },
    'wecom /cgi-bin/service/get_customized_auth_url': { templateid_list: [template?.id] },
    'wecom /cgi-bin/externalcontact/add_corp_tag': {
      group_id: '',
      group_name: fresh,
      tag: [{ name: fresh, order: 1 }],
    },
    'wecom /cgi-bin/externalcontact/group_welcome_template/add': {
      image: null,
      link,
      miniprogram: null,
      file: null,
      video: null,
    },
    'wecom /cgi-bin/externalcontact/group_welcome_template/edit': {
      image: null,
      link,
      miniprogram: null,
      file: null,
      video: null,
    },
    'wecom /cgi-bin/externalcontact/add_contact_way': {
      type: 2,
      user: [first, second],
      is_temp: false,
      is_exclusive: false,
      conclusions: { text: { content: '再见' }, link },
    },
    'wecom /cgi-bin/externalcontact/update_contact_way': {
      user: [first, second],
      conclusions: { link },
    },
    'wecom /cgi-bin/externalcontact/add_msg_template': {
      chat_id_list: [],
      tag_filter: null,
      attachments,
    },
    'wecom /cgi-bin/externalcontact/send_welcome_msg': { attachments },
    'wecom /cgi-bin/idconvert/unionid_to_external_userid': { subject_type: 0 },
    'wecom /cgi-bin/externalcontact/transfer_customer': {
      handover_userid: first,
      takeover_userid: second,
    },
    'wecom /cgi-bin/externalcontact/transfer_result': {
      handover_userid: first,
      takeover_userid: second,
    },
    'wecom /cgi-bin/license/get_app_license_info': { suite_id: suite?.id },
    'wecom /cgi-bin/license/active_account': { userid: ids.member(first ?? '') },
    'wecom /cgi-bin/media/upload_by_url': {
      md5: '0123456789abcdef0123456789abcdef',
      url: 'http://127.0.0.1:1/a',
    },
    'wecom /cgi-bin/menu/create': { button },
    'wechat /wxa/msg_sec_check': { openid },
    'wechat /wxa/media_check_async': { openid },
    'wechat /wxa/genwxashortlink': { page_url: 'pages/home/index' },
    'wechat /cgi-bin/tags/create': { tag: { name: fresh } },
    'wechat /cgi-bin/message/subscribe/send': { template_id: world.miniprogram.templates[0]?.id },
    'wechat /cgi-bin/menu/create': { button },
    'wechat /cgi-bin/menu/addconditional': { button, matchrule: { language: 'zh_CN' } },
    'wechat /wxa/addtotemplate': { draft_id: world.open.components[0]?.drafts[0]?.id },
    'wechat /wxa/commit': { template_id: String(world.open.components[0]?.templates[0]?.id ?? 0) },
    'wechat /wxa/submit_audit': { item_list: undefined },
    'wechat /wxa/grayrelease': { gray_percentage: 5 },
    'wechat /cgi-bin/openapi/quota/get': { cgi_path: '/cgi-bin/menu/create' },
  }
}

function wecomValues(world: World, isProvider: boolean): Json {
  const ids = isProvider ? providerIdsOf(world) : idsOf(world, mainApp(world))
  const customer = findCustomer(world, 'linyue')
  const [user, other] = ['ZhouXiaolan', 'HanXue'].map((id) =>
    ids.member(findMember(world, id)?.id ?? ''),
  )
  const external = customer ? ids.customer(customer) : ''
  const chat = world.groupChats[0]?.chatId
  const tag = world.tagGroups[0]?.tags[0]?.id
  const group = world.tagGroups[1]?.id
  const corp = ids.corp(world.scene.corp.id)
  return {
    ...{
      userid: user,
      user,
      sender: user,
      creator: user,
      buyer_userid: user,
      handover_userid: user,
      takeover_userid: other,
      touser: user,
    },
    ...{
      userids: user,
      userid_list: user,
      external_userid: external,
      exteranalopenid: external,
      unionid: customer?.unionid,
    },
    ...{
      openid: customer?.officialOpenid,
      chat_id: chat,
      chat_id_list: chat,
      roomid: chat,
      agentid: Number(mainApp(world).agentId),
    },
    ...{
      party: 2,
      partyids: 2,
      toparty: '2',
      tag_id: tag,
      add_tag: tag,
      remove_tag: tag,
      tag_list: tag,
      group_id: group,
    },
    ...{
      corpid: corp,
      auth_corpid: corp,
      cursor: '',
      start_time: Math.floor(Date.now() / 1000) - 3600,
      end_time: Math.floor(Date.now() / 1000) + 3600,
    },
  }
}

function wechatValues(world: World, caller: string): Json {
  const customer = findCustomer(world, 'linyue')
  const { miniprogram, officialAccount } = world.scene
  const isProgram = ['miniprogram', 'authorizedProgram'].includes(caller)
  const openid = isProgram ? customer?.miniprogramOpenid : customer?.officialOpenid
  const account = isProgram ? miniprogram : officialAccount
  return {
    ...{
      openid,
      touser: openid,
      openid_list: openid,
      begin_openid: '',
      next_openid: '',
      user_id: openid,
      path: 'pages/home/index',
      page: 'pages/home/index',
    },
    ...{
      appid: account.appid,
      secret: account.secret,
      appsecret: account.secret,
      component_appid: component.appid,
      authorizer_appid: account.appid,
    },
    ...{
      component_appsecret: component.secret,
      component_secret: component.secret,
      msgtype: 'text',
      option_name: 'location_report',
      option_value: '1',
    },
  }
}

function replace(value: unknown, values: Json, service: string, path: string, key = ''): unknown {
  if (Array.isArray(value)) return value.map((one) => replace(one, values, service, path, key))
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(
      Object.entries(value).map(([name, one]) => [name, replace(one, values, service, path, name)]),
    )
  return (
    values[key] ??
    values[`${service} ${folderOf(path)} ${key}`] ??
    values[`${service} ${key}`] ??
    value
  )
}

/**
 * Makes each call of the pages once and keeps the ids in the replies. What ends or takes away
 * something comes last, in a copy that nobody keeps.
 */
export async function learn(
  { methods, world, call }: EveryMethod,
  callOf: (method: Played) => { url: string; caller: string },
) {
  learnt.clear()
  for (const method of methods.filter(
    ({ path }) => !/del|cancel|revert|unbind|undo|close|clear|refresh|reset/i.test(path),
  )) {
    const { url, caller } = callOf(method)
    const body =
      method.method === 'POST' ? JSON.stringify(inThisWorld(world, method, caller)) : undefined
    keep(method, await call(method.method, url, body))
  }
}

function keep({ service, path }: Played, { body }: Answer) {
  if ((body.errcode ?? 0) !== 0) return
  for (const [key, value] of entriesOf(body)) {
    if (key.startsWith('err') || /token|ticket|^(expires_in|total|count|next_cursor)$/.test(key))
      continue
    learnt.set(`${service} ${key}`, value)
    learnt.set(`${service} ${folderOf(path)} ${key}`, value)
  }
}

function entriesOf(value: unknown): [string, unknown][] {
  if (Array.isArray(value)) return entriesOf(value[0])
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, one]) =>
    typeof one === 'object' ? entriesOf(one) : [[key, one] as [string, unknown]],
  )
}

function folderOf(path: string): string {
  return path.split('/').slice(0, -1).join('/')
}
