import { entryOf, inside, objectField, textField, textsField } from '../../platform/fields.ts'
import { Refusal, type Method, type Reply, type Upstream } from '../../platform/method.ts'
import { push } from '../../pushes/push.ts'
import type { SceneTemplate } from '../../scenes/wechat.ts'
import { addMessage, makeSecret, now, seconds, type World } from '../../state/world.ts'
import { officialOf } from '../accounts/tokens.ts'
import { officialConversation } from './conversations.ts'
import { makeMessageId, reachable } from './people.ts'
import type { OfficialAccountRecord } from './state.ts'
import { contentOf, exampleOf, library, valuesOf } from './template-text.ts'

const ok = { errcode: 0, errmsg: 'ok' }
const mostTemplates = 25
const thirtyDays = 30 * 86_400_000

export const templateMethods: Method[] = [
  { method: 'POST', path: '/cgi-bin/template/api_set_industry', handle: setIndustry },
  { method: 'GET', path: '/cgi-bin/template/get_industry', handle: getIndustry },
  { method: 'POST', path: '/cgi-bin/template/api_add_template', handle: addTemplate },
  { method: 'GET', path: '/cgi-bin/template/get_all_private_template', handle: listTemplates },
  { method: 'POST', path: '/cgi-bin/template/del_private_template', handle: deleteTemplate },
  { method: 'POST', path: '/cgi-bin/message/template/send', handle: send },
]

const industries: Record<string, [string, string]> = {
  1: ['IT科技', '互联网/电子商务'],
  2: ['IT科技', 'IT软件与服务'],
  4: ['IT科技', '电子技术'],
  15: ['运输与仓储', '快递'],
  24: ['消费品', '消费品'],
  31: ['文体娱乐', '传媒'],
  39: ['制造业', '机械制造'],
  41: ['其他', '其他'],
}

/** Once a month. */
function setIndustry(world: World, call: Upstream): Reply {
  const account = officialOf(world, call, 'service')
  const ids: [string, string] = [textField(call, 'industry_id1'), textField(call, 'industry_id2')]
  if (ids.some((id) => !Object.hasOwn(industries, id)))
    throw new Refusal(40102, 'unmatched industry')
  if (account.industries && now(world) - account.industries.at < thirtyDays)
    throw new Refusal(43100, 'change template too frequently')
  account.industries = { ids, at: now(world) }
  return ok
}

function getIndustry(world: World, call: Upstream): Reply {
  const { industries: chosen } = officialOf(world, call, 'service')
  const describe = (id: string) => {
    const [first_class, second_class] = industries[id] ?? ['', '']
    return { first_class, second_class }
  }
  const [primary, secondary] = chosen?.ids ?? ['39', '41']
  return { primary_industry: describe(primary), secondary_industry: describe(secondary) }
}

/**
 * Takes a template of the library. `keyword_name_list` picks its lines, in this order (since 2023).
 */
function addTemplate(world: World, call: Upstream): Reply {
  const account = officialOf(world, call, 'service')
  const found = entryOf(library, textField(call, 'template_id_short'))
  if (!found) throw new Refusal(40037, 'invalid template_id')
  const names = textsField(call, 'keyword_name_list')
  const lines =
    names.length === 0
      ? found.lines
      : names.flatMap((name) => found.lines.filter(([one]) => one === name))
  if (lines.length === 0 || lines.length < names.length)
    throw new Refusal(40037, 'invalid template_id')
  if (account.templates.length >= mostTemplates)
    throw new Refusal(45026, 'template num exceeds limit')
  const template = { id: makeSecret(43), title: found.title, lines }
  account.templates.push(template)
  return { ...ok, template_id: template.id }
}

function listTemplates(world: World, call: Upstream): Reply {
  const account = officialOf(world, call, 'service')
  const [primary, deputy] = (account.industries?.ids ?? ['39', '41']).map(
    (id) => industries[id]?.join('|') ?? '',
  )
  return {
    template_list: account.templates.map((template) => ({
      template_id: template.id,
      title: template.title,
      primary_industry: primary,
      deputy_industry: deputy,
      content: contentOf(template),
      example: exampleOf(template),
    })),
  }
}

function deleteTemplate(world: World, call: Upstream): Reply {
  const account = officialOf(world, call, 'service')
  const template = templateOf(account, textField(call, 'template_id'))
  account.templates = account.templates.filter((one) => one !== template)
  return ok
}

function templateOf(account: OfficialAccountRecord, id: string): SceneTemplate {
  const template = account.templates.find((one) => one.id === id)
  if (!template) throw new Refusal(40037, 'invalid template_id')
  return template
}

/** The card appears in the account's chat; TEMPLATESENDJOBFINISH tells afterwards how it went. */
function send(world: World, call: Upstream): Reply {
  const account = officialOf(world, call, 'service')
  const openid = textField(call, 'touser', { missing: [40003, 'invalid openid'] })
  const template = templateOf(account, textField(call, 'template_id'))
  const { customer, follower } = reachable(world, account, openid)
  const values = valuesOf(template, objectField(call, 'data') ?? {}, false)
  const miniprogram = miniprogramIn(world, call)
  const id = makeMessageId(world, account) % 1_000_000_000
  if (!follower.isRefusing) {
    addMessage(
      world,
      officialConversation(world, account.appid, customer.id),
      { kind: 'official', id: account.appid },
      {
        kind: 'form',
        title: template.title,
        desc: '',
        rows: template.lines.map(([name, key]) => ({ name, value: values[key] ?? '' })),
        button: '详情',
        url: textField(call, 'url') || null,
        ...(miniprogram && { miniprogram }),
      },
    )
  }
  push(world, `account:${account.appid}`, {
    ToUserName: account.originalId,
    FromUserName: openid,
    CreateTime: seconds(world),
    MsgType: 'event',
    Event: 'TEMPLATESENDJOBFINISH',
    MsgID: id,
    Status: follower.isRefusing ? 'failed:user block' : 'success',
  })
  return { ...ok, msgid: id }
}

/** The mini program must be linked to the account. */
function miniprogramIn(world: World, call: Upstream): { appid: string; page: string } | undefined {
  const given = objectField(call, 'miniprogram')
  if (!given) return undefined
  const appid = textField(inside(call, given), 'appid')
  if (appid === '') return undefined
  if (appid !== world.scene.miniprogram.appid) throw new Refusal(40013, 'invalid appid')
  return { appid, page: textField(inside(call, given), 'pagepath') }
}
