import {
  flagField,
  invalidParameter,
  numberField,
  textField,
  textsField,
} from '../../platform/fields.ts'
import { Refusal, type Method, type Reply, type Upstream } from '../../platform/method.ts'
import { changed, type World } from '../../state/world.ts'
import { authorize, ok, requirePermission, type Caller } from '../access.ts'
import { codeImage } from '../../pictures/code-image.ts'
import { joinText, makeConfigId } from './codes.ts'
import { seesMember } from './people.ts'
import type { JoinWay } from './state.ts'

export const joinWayMethods: Method[] = [
  { method: 'POST', path: '/cgi-bin/externalcontact/groupchat/add_join_way', handle: addJoinWay },
  { method: 'POST', path: '/cgi-bin/externalcontact/groupchat/get_join_way', handle: getJoinWay },
  {
    method: 'POST',
    path: '/cgi-bin/externalcontact/groupchat/update_join_way',
    handle: updateJoinWay,
  },
  {
    method: 'POST',
    path: '/cgi-bin/externalcontact/groupchat/del_join_way',
    handle: deleteJoinWay,
  },
]

function authorizeJoinWays(world: World, call: Upstream): Caller {
  const caller = authorize(world, call)
  requirePermission(caller, 'externalcontact:base:base')
  return caller
}

/** WW-92229. */
function addJoinWay(world: World, call: Upstream): Reply {
  const way = {
    configId: makeConfigId(),
    ...readJoinWay(world, authorizeJoinWays(world, call), call),
  }
  world.contacts.joinWays.push(way)
  changed(world)
  return { ...ok, config_id: way.configId }
}

function readJoinWay(world: World, caller: Caller, call: Upstream): Omit<JoinWay, 'configId'> {
  const chatIds = textsField(call, 'chat_id_list', {
    missing: [86201, 'chatid missing'],
    most: 5,
    wrong: [41091, 'too many chats for a join way'],
  })
  for (const wanted of chatIds) {
    const chat = world.groupChats.find(({ chatId }) => chatId === wanted)
    if (!chat) throw new Refusal(40050, 'invalid chatid')
    if (chat.dismissed) throw new Refusal(49008, 'group chat is dismissed')
    if (!seesMember(world, caller, chat.ownerId))
      throw new Refusal(60011, 'no privilege to access/modify contact/party/agent')
  }
  return {
    scene: numberField(call, 'scene', 0, { missing: invalidParameter, least: 1, most: 2 }),
    remark: textField(call, 'remark', { most: 30 }),
    autoCreateRoom: numberField(call, 'auto_create_room', 1, { least: 0, most: 1 }),
    roomBaseName: textField(call, 'room_base_name', { most: 40 }),
    roomBaseId: numberField(call, 'room_base_id', 0, { least: 0 }),
    chatIds,
    state: textField(call, 'state', { most: 30 }),
    markSource: flagField(call, 'mark_source', true),
  }
}

function getJoinWay(world: World, call: Upstream): Reply {
  authorizeJoinWays(world, call)
  const way = requireJoinWay(world, call)
  return {
    ...ok,
    join_way: {
      config_id: way.configId,
      scene: way.scene,
      remark: way.remark,
      auto_create_room: way.autoCreateRoom,
      room_base_name: way.roomBaseName,
      room_base_id: way.roomBaseId,
      chat_id_list: way.chatIds,
      qr_code: codeImage(world, joinText(way)),
      state: way.state,
      mark_source: way.markSource,
    },
  }
}

/** The whole configuration is given anew. */
function updateJoinWay(world: World, call: Upstream): Reply {
  const caller = authorizeJoinWays(world, call)
  Object.assign(requireJoinWay(world, call), readJoinWay(world, caller, call))
  changed(world)
  return { ...ok }
}

function deleteJoinWay(world: World, call: Upstream): Reply {
  authorizeJoinWays(world, call)
  const way = requireJoinWay(world, call)
  world.contacts.joinWays = world.contacts.joinWays.filter((one) => one !== way)
  changed(world)
  return { ...ok }
}

function requireJoinWay(world: World, call: Upstream): JoinWay {
  const configId = textField(call, 'config_id', {
    missing: [41043, 'missing contact way config id'],
  })
  const way = world.contacts.joinWays.find((one) => one.configId === configId)
  if (!way) throw new Refusal(41044, 'invalid contact way config id')
  return way
}
