import { entryOf, isRecord, textField } from '../../platform/fields.ts'
import { Refusal, type Method, type Reply, type Upstream } from '../../platform/method.ts'
import { makeSecret, type World } from '../../state/world.ts'
import { miniprogramOf } from '../accounts/tokens.ts'
import { contentOf, exampleOf, library } from '../official/template-text.ts'

const ok = { errcode: 0, errmsg: 'ok' }
const mostTemplates = 25
const mostSceneLetters = 15
const category = { id: 616, name: '设备维修' }

export const subscribeTemplateMethods: Method[] = [
  { method: 'GET', path: '/wxaapi/newtmpl/gettemplate', handle: listTemplates },
  { method: 'POST', path: '/wxaapi/newtmpl/addtemplate', handle: addTemplate },
  { method: 'POST', path: '/wxaapi/newtmpl/deltemplate', handle: deleteTemplate },
  { method: 'GET', path: '/wxaapi/newtmpl/getcategory', handle: listCategories },
  { method: 'GET', path: '/wxaapi/newtmpl/getpubtemplatetitles', handle: listTitles },
  { method: 'GET', path: '/wxaapi/newtmpl/getpubtemplatekeywords', handle: listKeywords },
]

function listTemplates(world: World, call: Upstream): Reply {
  miniprogramOf(world, call)
  const data = world.miniprogram.templates.map((one) => ({
    priTmplId: one.id,
    title: one.title,
    content: contentOf(one),
    example: exampleOf(one),
    type: 2,
  }))
  return { ...ok, data }
}

/** `kidList` picks two to five lines of a public template, in its order. */
function addTemplate(world: World, call: Upstream): Reply {
  miniprogramOf(world, call)
  const { lines, title } = publicTemplate(textField(call, 'tid'))
  const given = call.body?.kidList
  const kids = Array.isArray(given) ? given.map(Number) : []
  const chosen = kids
    .flatMap((kid) => (lines[kid - 1] ? [lines[kid - 1]] : []))
    .filter((line) => line !== undefined)
  const isWrong =
    kids.length < 2 ||
    kids.length > 5 ||
    chosen.length < kids.length ||
    new Set(kids).size < kids.length
  if (isWrong) throw new Refusal(200020, 'invalid keyword list')
  if ([...textField(call, 'sceneDesc')].length > mostSceneLetters)
    throw new Refusal(200021, 'invalid scene description')
  if (world.miniprogram.templates.length >= mostTemplates)
    throw new Refusal(200012, 'private template too much')
  const id = makeSecret(43)
  world.miniprogram.templates.push({ id, title, lines: chosen })
  return { ...ok, priTmplId: id }
}

function publicTemplate(tid: string) {
  const template = entryOf(library, tid)
  if (!isRecord(template)) throw new Refusal(200014, 'template tid invalid')
  return template
}

function deleteTemplate(world: World, call: Upstream): Reply {
  miniprogramOf(world, call)
  const state = world.miniprogram
  const id = textField(call, 'priTmplId')
  if (!state.templates.some((one) => one.id === id)) throw new Refusal(20001, 'template not found')
  state.templates = state.templates.filter((one) => one.id !== id)
  return ok
}

function listCategories(world: World, call: Upstream): Reply {
  miniprogramOf(world, call)
  return { ...ok, data: [category] }
}

function listTitles(world: World, call: Upstream): Reply {
  miniprogramOf(world, call)
  const { ids, start = '', limit = '' } = call.query
  if (!ids) throw new Refusal(200018, 'category ids missing')
  if (!ids.split(',').every((id) => id === String(category.id)))
    throw new Refusal(200019, 'invalid category ids')
  if (!/^\d+$/.test(start)) throw new Refusal(200016, 'invalid start')
  if (!/^\d+$/.test(limit) || Number(limit) < 1 || Number(limit) > 30)
    throw new Refusal(200017, 'invalid limit')
  const all = Object.entries(library).map(([tid, { title }]) => ({
    tid: Number(tid),
    title,
    type: 2,
    categoryId: String(category.id),
  }))
  return { ...ok, count: all.length, data: all.slice(Number(start), Number(start) + Number(limit)) }
}

function listKeywords(world: World, call: Upstream): Reply {
  miniprogramOf(world, call)
  const { lines } = publicTemplate(call.query.tid ?? '')
  const data = lines.map(([name, key, example], index) => ({
    kid: index + 1,
    name,
    example,
    rule: key.replace(/\d+$/, ''),
  }))
  return { ...ok, count: data.length, data }
}
