import type { ScanOutcome } from '../../api.ts'
import { Nonsense } from '../../doors/nonsense.ts'
import type { SceneButton } from '../../scenes/wechat.ts'
import { addMessage, type World } from '../../state/world.ts'
import { officialConversation } from './conversations.ts'
import { buttonAt, buttonsFor } from './menus.ts'
import { makeMessageId } from './people.ts'
import type { OfficialAccountRecord } from './state.ts'
import { allowFor, tell, tellEvent } from './tell.ts'
import type { Xml } from '../../pushes/receiver.ts'

export interface Tap {
  path: string
  /**
   * What the camera saw, how many pictures were chosen, which place: for the buttons that ask for
   * it.
   */
  scanned?: string | undefined
  pictures?: number | undefined
  place?: { latitude: number; longitude: number; label: string; name: string } | undefined
}

/**
 * A tap on a menu's button: the event, and what the phone opens. Only some kinds let the account
 * write (doc/service/guide/product/kf/intro).
 */
export function tapMenu(
  world: World,
  account: OfficialAccountRecord,
  customerId: string,
  tap: Tap,
): ScanOutcome {
  if (!account.followers.has(customerId))
    throw new Nonsense(`${customerId} does not follow ${account.name}`)
  const button = buttonAt(world, buttonsFor(account, customerId), tap.path)
  if (!button?.type) throw new Nonsense(`the menu has no button "${tap.path}" that does something`)
  const { type, url = '', appid = '', pagepath = '', key = '' } = button
  const chat: ScanOutcome = {
    kind: 'conversation',
    conversationId: officialConversation(world, account.appid, customerId).id,
  }
  if (type === 'view') {
    tellEvent(world, account, customerId, 'VIEW', { EventKey: url })
    return { kind: 'url', url }
  }
  if (type === 'miniprogram') {
    tellEvent(world, account, customerId, 'view_miniprogram', {
      EventKey: pagepath,
      MenuId: { bare: String(account.menu?.id ?? '') },
    })
    return { kind: 'miniprogram', appid, page: pagepath }
  }
  if (type === 'click') tellEvent(world, account, customerId, 'CLICK', { EventKey: key })
  else tellEvent(world, account, customerId, type, { EventKey: key, ...asked(button, tap) })
  if (['click', 'scancode_push', 'scancode_waitmsg'].includes(type))
    allowFor(world, account, customerId, 'menu')
  return type === 'scancode_push' && /^https?:\/\//.test(tap.scanned ?? '')
    ? { kind: 'url', url: tap.scanned ?? '' }
    : chat
}

function asked({ type = '' }: SceneButton, { scanned, pictures, place }: Tap): Xml {
  if (type.startsWith('scancode')) {
    if (scanned === undefined) throw new Nonsense('this button scans: say what in "scanned"')
    return { ScanCodeInfo: { ScanType: 'qrcode', ScanResult: scanned } }
  }
  if (type.startsWith('pic_')) {
    if (pictures === undefined)
      throw new Nonsense('this button takes pictures: say how many in "pictures"')
    const item = Array.from({ length: pictures }, (_, index) => ({
      PicMd5Sum: index.toString(16).padStart(32, '0'),
    }))
    return { SendPicsInfo: { Count: pictures, PicList: { item } } }
  }
  if (type === 'location_select') {
    if (!place) throw new Nonsense('this button asks for a place: say which in "place"')
    const { latitude, longitude, label, name } = place
    const info = {
      Location_X: String(latitude),
      Location_Y: String(longitude),
      Scale: '16',
      Label: label,
      Poiname: name,
    }
    return { SendLocationInfo: info }
  }
  throw new Nonsense(`buttons of type "${type}" are not played`)
}

/** An item of a 菜单消息: it is said in the chat, and counts as a tap on the menu. */
export function choose(
  world: World,
  account: OfficialAccountRecord,
  customerId: string,
  messageId: string,
  itemId: string,
) {
  const conversation = officialConversation(world, account.appid, customerId)
  const message = conversation.messages.find(({ id }) => id === messageId)
  const item =
    message?.kind === 'choices' ? message.items.find(({ id }) => id === itemId) : undefined
  if (!item) throw new Nonsense(`there is no item "${itemId}" in message "${messageId}"`)
  addMessage(
    world,
    conversation,
    { kind: 'customer', id: customerId },
    { kind: 'text', text: item.text },
  )
  allowFor(world, account, customerId, 'menu')
  tell(world, account, customerId, {
    MsgType: 'text',
    Content: item.text,
    MsgId: makeMessageId(world, account),
    bizmsgmenuid: item.id,
  })
}
