import { inside, isRecord, objectField, textField } from '../../platform/fields.ts'
import { Refusal, type Method, type Reply, type Upstream } from '../../platform/method.ts'
import type { SceneGroupChat } from '../../scenes/scene.ts'
import { addMessage, changed, makeSecret, type World } from '../../state/world.ts'
import { authorize, ok, requirePermission, type Caller } from '../access.ts'
import { cardsOf, checkAttachment } from './attachments.ts'
import type { GroupWelcome } from './state.ts'

export const groupWelcomeMethods: Method[] = [
  {
    method: 'POST',
    path: '/cgi-bin/externalcontact/group_welcome_template/add',
    handle: addTemplate,
  },
  {
    method: 'POST',
    path: '/cgi-bin/externalcontact/group_welcome_template/edit',
    handle: editTemplate,
  },
  {
    method: 'POST',
    path: '/cgi-bin/externalcontact/group_welcome_template/get',
    handle: getTemplate,
  },
  {
    method: 'POST',
    path: '/cgi-bin/externalcontact/group_welcome_template/del',
    handle: deleteTemplate,
  },
]

const kinds = ['image', 'link', 'miniprogram', 'file', 'video']
const mostTemplates = 100

function authorizeTemplates(world: World, call: Upstream): Caller {
  const caller = authorize(world, call)
  requirePermission(caller, 'externalcontact:groupchat:welcome_msg')
  return caller
}

/** WW-92366: a hundred of them. */
function addTemplate(world: World, call: Upstream): Reply {
  const { app } = authorizeTemplates(world, call)
  const content = readTemplate(world, app.corpId, call)
  if (world.contacts.groupWelcomes.length >= mostTemplates)
    throw new Refusal(41055, 'group welcome template num exceed limit')
  const template = { id: `msg${makeSecret(29).replace(/[-_]/g, 'A')}`, app: app.key, content }
  world.contacts.groupWelcomes.push(template)
  changed(world)
  return { ...ok, template_id: template.id }
}

/** Text of at most 3,000 bytes, beside one picture, link, card, file or video. */
function readTemplate(world: World, corpId: string, call: Upstream): Record<string, unknown> {
  const text = textField(inside(call, objectField(call, 'text')), 'content', { mostBytes: 3000 })
  const [kind] = kinds.filter((one) => isRecord(call.body?.[one]))
  if (text === '' && kind === undefined) throw new Refusal(40063, 'some parameters are empty')
  const content = kind === undefined ? null : objectField(call, kind)
  if (kind !== undefined)
    checkAttachment(world, corpId, inside(call, { msgtype: kind, [kind]: content }))
  return {
    ...(text !== '' && { text: { content: text } }),
    ...(kind !== undefined && { [kind]: content }),
  }
}

function editTemplate(world: World, call: Upstream): Reply {
  const template = requireTemplate(world, call)
  template.content = readTemplate(world, world.scene.corp.id, call)
  changed(world)
  return { ...ok }
}

function getTemplate(world: World, call: Upstream): Reply {
  const { content } = requireTemplate(world, call)
  return { ...ok, ...content, ...(isRecord(content.image) && { image: pictureOf(world, content) }) }
}

/** The page answers with the address alone, whatever the picture was given by. */
function pictureOf(world: World, { text: _text, ...content }: Record<string, unknown>): Reply {
  const [card] = cardsOf(world, { text: '', attachments: [{ msgtype: 'image', ...content }] })
  return { pic_url: card?.kind === 'image' ? card.url : '' }
}

function deleteTemplate(world: World, call: Upstream): Reply {
  const template = requireTemplate(world, call)
  world.contacts.groupWelcomes = world.contacts.groupWelcomes.filter((one) => one !== template)
  changed(world)
  return { ...ok }
}

function requireTemplate(world: World, call: Upstream): GroupWelcome {
  const { app } = authorizeTemplates(world, call)
  const id = textField(call, 'template_id')
  const template = world.contacts.groupWelcomes.find((one) => one.id === id)
  // 40037 is the published code for an unknown template id.
  if (!template) throw new Refusal(40037, 'invalid template id')
  if (template.app !== app.key)
    throw new Refusal(41058, 'no privilege to edit the group welcome template')
  return template
}

/** The owner's client uses the newest template; who picks another does so in the client. */
export function greetGroup(world: World, chat: SceneGroupChat) {
  const template = world.contacts.groupWelcomes.at(-1)
  const conversation = world.conversations.find(({ id }) => id === chat.conversationId)
  if (!template || !conversation) return
  const { text, ...rest } = template.content
  const attachments = Object.entries(rest).map(([msgtype, content]) => ({
    msgtype,
    [msgtype]: content,
  }))
  const words = isRecord(text) && typeof text.content === 'string' ? text.content : ''
  for (const card of cardsOf(world, { text: words, attachments }))
    addMessage(world, conversation, { kind: 'member', id: chat.ownerId }, card)
}
