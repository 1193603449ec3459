import { numberField } from '../../platform/fields.ts'
import { Refusal, type Method, type Reply, type Upstream } from '../../platform/method.ts'
import { changed, now, type World } from '../../state/world.ts'
import { authorizeComponent, done } from './components.ts'
import type { Draft } from './state.ts'

export const templateMethods: Method[] = [
  { method: 'GET', path: '/wxa/gettemplatedraftlist', handle: listDrafts },
  { method: 'POST', path: '/wxa/addtotemplate', handle: addToTemplates },
  { method: 'GET', path: '/wxa/gettemplatelist', handle: listTemplates },
  { method: 'POST', path: '/wxa/deletetemplate', handle: deleteTemplate },
]

const mostTemplates = 200

function listDrafts(world: World, call: Upstream): Reply {
  const { drafts } = authorizeComponent(world, call)
  return {
    ...done,
    draft_list: drafts.map((draft) => ({ ...describeDraft(draft), draft_id: draft.id })),
  }
}

function addToTemplates(world: World, call: Upstream): Reply {
  const component = authorizeComponent(world, call)
  const id = numberField(call, 'draft_id', -1)
  const type = numberField(call, 'template_type', 0, {
    least: 0,
    most: 1,
    wrong: [40097, 'invalid args'],
  })
  const draft = component.drafts.find((one) => one.id === id)
  if (!draft) throw new Refusal(85064, 'template not found')
  if (component.templates.length >= mostTemplates) throw new Refusal(85065, 'template list is full')
  const last = Math.max(0, ...component.templates.map((one) => one.id))
  component.templates.push({
    ...draft,
    id: last + 1,
    type: type === 1 ? 1 : 0,
    createdAt: now(world),
  })
  changed(world)
  return { ...done }
}

function listTemplates(world: World, call: Upstream): Reply {
  const { templates } = authorizeComponent(world, call)
  const { template_type: wanted } = call.query
  const listed = templates.filter(({ type }) => wanted === undefined || String(type) === wanted)
  return {
    ...done,
    template_list: listed.map((one) => ({
      ...describeDraft(one),
      template_id: one.id,
      template_type: one.type,
    })),
  }
}

function deleteTemplate(world: World, call: Upstream): Reply {
  const component = authorizeComponent(world, call)
  // The sample gives the id as a text.
  const id =
    typeof call.body?.template_id === 'string'
      ? Number(call.body.template_id)
      : numberField(call, 'template_id', -1)
  if (!component.templates.some((one) => one.id === id))
    throw new Refusal(85064, 'template not found')
  component.templates = component.templates.filter((one) => one.id !== id)
  changed(world)
  return { ...done }
}

function describeDraft({ version, desc, createdAt }: Draft): Reply {
  return { create_time: Math.floor(createdAt / 1000), user_version: version, user_desc: desc }
}
