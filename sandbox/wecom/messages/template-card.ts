import type { Card } from '../../api.ts'
import { inside, objectField, objectsField, textField } from '../../platform/fields.ts'
import { Refusal, type Upstream } from '../../platform/method.ts'
import type { World } from '../../state/world.ts'
import { address, linked } from './message-fields.ts'

/** A 模板卡片 as the desk shows it, and the buttons a member may press. */
export interface TemplateCard {
  type: string
  taskId: string
  card: Card
  buttons: { key: string; text: string }[]
  /** Only these can be updated, so only these get a response_code (WW-96458). */
  hasCode: boolean
}

const types = [
  'text_notice',
  'news_notice',
  'button_interaction',
  'vote_interaction',
  'multiple_interaction',
]

/** `call` is seen from inside `template_card`. */
export function templateCard(world: World, call: Upstream): TemplateCard {
  const type = textField(call, 'card_type')
  if (!types.includes(type)) throw new Refusal(40058, 'invalid card_type')
  const taskId = textField(call, 'task_id', { mostBytes: 128, wrong: [42014, 'invalid task_id'] })
  const menu = objectsField(inside(call, objectField(call, 'action_menu')), 'action_list').map(
    (one) => button(inside(call, one)),
  )
  const listed = objectsField(call, 'button_list').map((one) => button(inside(call, one)))
  const submit = objectField(call, 'submit_button')
  const buttons = submit ? [button(inside(call, submit))] : listed
  const isInteractive = type.endsWith('_interaction')
  if (isInteractive && buttons.length === 0) throw new Refusal(42019, 'button key missing')
  if (buttons.length > 6) throw new Refusal(40016, 'invalid button size')
  if ((isInteractive || menu.length > 0) && !/^[\w@-]+$/.test(taskId))
    throw new Refusal(42014, 'invalid task_id')
  return {
    type,
    taskId,
    card: faceOf(world, call, type, buttons),
    buttons: [...buttons, ...menu],
    hasCode: isInteractive || menu.length > 0,
  }
}

function button(call: Upstream): { key: string; text: string } {
  return {
    text: textField(call, 'text', { missing: [42020, 'button name missing'] }),
    key: textField(call, 'key', {
      missing: [42019, 'button key missing'],
      mostBytes: 1024,
      wrong: [42018, 'invalid button key'],
    }),
  }
}

function faceOf(world: World, call: Upstream, type: string, buttons: { text: string }[]): Card {
  const main = inside(call, objectField(call, 'main_title'))
  const emphasis = inside(call, objectField(call, 'emphasis_content'))
  const subtitle = textField(call, 'sub_title_text')
  const title = textField(main, 'title') || (type === 'text_notice' ? subtitle : '')
  if (title === '') throw new Refusal(41016, 'title missing')
  const rows = [
    ...(textField(emphasis, 'title') === ''
      ? []
      : [{ name: textField(emphasis, 'desc'), value: textField(emphasis, 'title') }]),
    ...rowsOf(call, 'vertical_content_list', 'title', 'desc'),
    ...rowsOf(call, 'horizontal_content_list', 'keyname', 'value'),
  ]
  const action = objectField(call, 'card_action')
  if (!action && type.endsWith('_notice')) throw new Refusal(40058, 'card_action missing')
  const desc = [textField(main, 'desc'), subtitle === title ? '' : subtitle]
    .filter((one) => one !== '')
    .join('\n')
  return {
    kind: 'form',
    title,
    desc,
    rows,
    button: buttons.map((one) => one.text).join(' / '),
    ...goalOf(world, inside(call, action)),
  }
}

function rowsOf(
  call: Upstream,
  list: string,
  name: string,
  value: string,
): { name: string; value: string }[] {
  const items = objectsField(call, list)
  if (items.length > 6) throw new Refusal(40058, `${list} out of limit`)
  return items.map((one) => ({
    name: textField(inside(call, one), name),
    value: textField(inside(call, one), value),
  }))
}

/** Where a tap on the whole card leads: 1 an address, 2 the linked mini program. */
function goalOf(
  world: World,
  call: Upstream,
): { url: string | null; miniprogram?: { appid: string; page: string } } {
  const type = call.body?.type
  if (type === 1)
    return { url: address(textField(call, 'url', { missing: [41010, 'url missing'] })) }
  if (type === 2)
    return {
      url: null,
      miniprogram: {
        appid: linked(world, textField(call, 'appid')),
        page: textField(call, 'pagepath'),
      },
    }
  return { url: null }
}
