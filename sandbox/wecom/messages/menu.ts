import { inside, objectsField, textField } from '../../platform/fields.ts'
import { Refusal, type Method, type Reply, type Upstream } from '../../platform/method.ts'
import { changed, type World } from '../../state/world.ts'
import { authorize, ok, type Caller } from '../access.ts'
import type { MenuItem } from './state.ts'

export const menuMethods: Method[] = [
  { method: 'POST', path: '/cgi-bin/menu/create', handle: createMenu },
  { method: 'GET', path: '/cgi-bin/menu/get', handle: getMenu },
  { method: 'GET', path: '/cgi-bin/menu/delete', handle: deleteMenu },
]

const types = [
  'click',
  'view',
  'scancode_push',
  'scancode_waitmsg',
  'pic_sysphoto',
  'pic_photo_or_album',
  'pic_weixin',
  'location_select',
  'view_miniprogram',
]

/**
 * WW-90231: 1–3 buttons, each with 1–5 below it; the codes of the first level are not those of the
 * second.
 */
function createMenu(world: World, call: Upstream): Reply {
  const caller = authorize(world, call)
  checkAgent(caller, call)
  const buttons = objectsField(call, 'button')
  if (buttons.length < 1 || buttons.length > 3) throw new Refusal(40016, 'invalid button size')
  const menu = buttons.map((one) => topButton(inside(call, one)))
  world.messages.menus.set(caller.app.key, menu)
  changed(world)
  return ok
}

function topButton(call: Upstream): MenuItem {
  const below = objectsField(call, 'sub_button')
  const name = textField(call, 'name', {
    missing: [41102, 'menu name missing'],
    mostBytes: 16,
    wrong: [40018, 'invalid button name size'],
  })
  if (below.length === 0)
    return {
      name,
      ...deed(
        call,
        [40017, 'invalid button type'],
        [40019, 'invalid button key size'],
        [40020, 'invalid button url size'],
      ),
    }
  if (below.length > 5) throw new Refusal(40023, 'invalid sub button size')
  return {
    name,
    sub_button: below.map((one) => {
      const within = inside(call, one)
      if (objectsField(within, 'sub_button').length > 0)
        throw new Refusal(40022, 'invalid sub menu level')
      const lower = textField(within, 'name', {
        missing: [41102, 'menu name missing'],
        mostBytes: 40,
        wrong: [40025, 'invalid sub button name size'],
      })
      return {
        name: lower,
        ...deed(
          within,
          [40024, 'invalid sub button type'],
          [40026, 'invalid sub button key size'],
          [40027, 'invalid sub button url size'],
        ),
      }
    }),
  }
}

type Words = [errcode: number, words: string]

function deed(
  call: Upstream,
  wrongType: Words,
  wrongKey: Words,
  wrongUrl: Words,
): Omit<MenuItem, 'name'> {
  const type = textField(call, 'type', { missing: wrongType })
  if (!types.includes(type)) throw new Refusal(...wrongType)
  if (type === 'view')
    return {
      type,
      url: textField(call, 'url', { missing: wrongUrl, mostBytes: 1024, wrong: wrongUrl }),
    }
  if (type === 'view_miniprogram') {
    const appid = textField(call, 'appid', { missing: [90200, 'appid missing'] })
    return {
      type,
      appid,
      pagepath: textField(call, 'pagepath', { missing: [90204, 'invalid pagepath'] }),
    }
  }
  return {
    type,
    key: textField(call, 'key', { missing: wrongKey, mostBytes: 128, wrong: wrongKey }),
  }
}

/** WW-90232: 46003 before there is one. */
function getMenu(world: World, call: Upstream): Reply {
  const caller = authorize(world, call)
  checkAgent(caller, call)
  const button = world.messages.menus.get(caller.app.key)
  if (!button) throw new Refusal(46003, 'menu no exist')
  return { ...ok, button }
}

/** WW-90233. */
function deleteMenu(world: World, call: Upstream): Reply {
  const caller = authorize(world, call)
  checkAgent(caller, call)
  world.messages.menus.delete(caller.app.key)
  changed(world)
  return ok
}

function checkAgent({ app }: Caller, { query }: Upstream) {
  if (!query.agentid) throw new Refusal(41011, 'missing agentid')
  if (query.agentid !== app.agentId) throw new Refusal(40056, 'invalid agentid')
}
