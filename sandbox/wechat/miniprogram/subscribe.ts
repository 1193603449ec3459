import { objectField, textField } from '../../platform/fields.ts'
import { Refusal, type Method, type Reply, type Upstream } from '../../platform/method.ts'
import { addMessage, type World } from '../../state/world.ts'
import { findByOpenid } from '../accounts/openids.ts'
import { miniprogramOf } from '../accounts/tokens.ts'
import { serviceConversation } from '../official/conversations.ts'
import { valuesOf } from '../official/template-text.ts'
import { pageExists } from './pages.ts'

export const subscribeMethods: Method[] = [
  { method: 'POST', path: '/cgi-bin/message/subscribe/send', handle: send },
]

/** One message for each time the customer has agreed; it appears in 服务通知. */
function send(world: World, call: Upstream): Reply {
  const { appid, name } = miniprogramOf(world, call)
  const state = world.miniprogram
  const customer = findByOpenid(
    world,
    appid,
    textField(call, 'touser', { missing: [40003, 'invalid openid'] }),
  )
  if (!customer) throw new Refusal(40003, 'invalid openid')
  const template = state.templates.find(({ id }) => id === textField(call, 'template_id'))
  if (!template) throw new Refusal(40037, 'invalid template_id')
  if (state.isBanned) throw new Refusal(43107, 'subscribe message capability is banned')
  const page = textField(call, 'page').replace(/^\//, '')
  if (page !== '' && !pageExists(world, page.split('?')[0] ?? ''))
    throw new Refusal(41030, 'invalid page')
  if (!['', 'developer', 'trial', 'formal'].includes(textField(call, 'miniprogram_state')))
    throw new Refusal(40097, 'invalid args')
  const values = valuesOf(template, objectField(call, 'data') ?? {}, true)
  const key = consentKey(customer.id, template.id)
  const left = state.consents.get(key) ?? 0
  if (left === 0) throw new Refusal(43101, 'user refuse to accept the msg')
  state.consents.set(key, left - 1)
  addMessage(
    world,
    serviceConversation(world, customer.id),
    { kind: 'service', id: 'service' },
    {
      kind: 'form',
      title: template.title,
      desc: name,
      rows: template.lines.map(([line, lineKey]) => ({ name: line, value: values[lineKey] ?? '' })),
      button: page === '' ? '' : '进入小程序查看',
      url: null,
      ...(page !== '' && { miniprogram: { appid, page } }),
    },
  )
  return { errcode: 0, errmsg: 'ok' }
}

export function consentKey(customerId: string, templateId: string): string {
  return `${customerId} ${templateId}`
}
