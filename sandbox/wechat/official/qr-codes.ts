import type { ScanOutcome, ShownCode } from '../../api.ts'
import { inside, isRecord, numberField, objectField, textField } from '../../platform/fields.ts'
import { Refusal, type Method, type Reply, type Upstream } from '../../platform/method.ts'
import { codeImage } from '../../pictures/code-image.ts'
import { makeSecret, now, type World } from '../../state/world.ts'
import { officialOf } from '../accounts/tokens.ts'
import { follow } from './follow.ts'
import { officialConversation } from './conversations.ts'
import { tellScan } from './tell.ts'
import type { OfficialAccountRecord, OfficialQrCode } from './state.ts'

const mostSeconds = 2_592_000
const mostPermanent = 100_000
const shownCodesOfAccount = 20

export const qrCodeMethods: Method[] = [
  { method: 'POST', path: '/cgi-bin/qrcode/create', handle: createQrCode },
]

function createQrCode(world: World, call: Upstream): Reply {
  const account = officialOf(world, call, 'service')
  const action = textField(call, 'action_name')
  const kind = /^QR_(LIMIT_)?(STR_)?SCENE$/.exec(action)
  if (!kind) throw new Refusal(40053, 'invalid action info, please check document')
  const isPermanent = kind[1] !== undefined
  const scene = readScene(call, kind[2] !== undefined, isPermanent)
  const lifetime = numberField(call, 'expire_seconds', 30, {
    least: 1,
    most: mostSeconds,
    wrong: [40035, 'invalid parameter'],
  })
  if (
    isPermanent &&
    account.qrCodes.filter(({ expiresAt }) => expiresAt === null).length >= mostPermanent
  )
    throw new Refusal(45029, 'qrcode count out of limit')
  const code: OfficialQrCode = {
    ticket: `gQ${makeSecret(92)}==`,
    url: `http://weixin.qq.com/q/02${makeSecret(20)}`,
    scene,
    expiresAt: isPermanent ? null : now(world) + lifetime * 1000,
    createdAt: now(world),
  }
  // The same permanent scene gives the same code.
  const same = isPermanent
    ? account.qrCodes.find((one) => one.expiresAt === null && one.scene === scene)
    : undefined
  if (!same) account.qrCodes.push(code)
  const { ticket, url } = same ?? code
  return { ticket, ...(!isPermanent && { expire_seconds: lifetime }), url }
}

function readScene(call: Upstream, isText: boolean, isPermanent: boolean): number | string {
  const info = objectField(call, 'action_info')
  const given = inside(call, info && isRecord(info.scene) ? info.scene : null)
  const wrong: [number, string] = [40129, 'invalid scene']
  if (isText) {
    return textField(given, 'scene_str', { missing: wrong, most: 64, wrong })
  }
  return numberField(given, 'scene_id', 0, {
    missing: wrong,
    least: 1,
    most: isPermanent ? mostPermanent : 2 ** 32 - 1,
    wrong,
  })
}

/** Of an account's own page, which everybody may scan. */
function accountCode({ originalId }: OfficialAccountRecord): string {
  return `http://weixin.qq.com/r/${originalId}`
}

export function findQrCode(world: World, ticket: string): OfficialQrCode | undefined {
  return world.official.accounts
    .flatMap(({ qrCodes }) => qrCodes)
    .find((one) => one.ticket === ticket)
}

/**
 * A new customer follows, an old one is told to have scanned; either way the chat opens. null: it
 * is no account's code.
 */
export function scanOfficialCode(
  world: World,
  customerId: string,
  text: string,
  isLooking = false,
): ScanOutcome | null {
  for (const account of world.official.accounts) {
    const code = account.qrCodes.find(({ url }) => url === text)
    if (!code && accountCode(account) !== text) continue
    if (code && code.expiresAt !== null && now(world) >= code.expiresAt)
      return { kind: 'text', text: '该二维码已过期' }
    if (!account.followers.has(customerId) && isLooking)
      return { kind: 'card', party: { kind: 'official', id: account.appid } }
    if (!account.followers.has(customerId))
      follow(world, account, customerId, code ? { scene: 'ADD_SCENE_QR_CODE', code } : undefined)
    else if (code) tellScan(world, account, customerId, code)
    return {
      kind: 'conversation',
      conversationId: officialConversation(world, account.appid, customerId).id,
    }
  }
  return null
}

export function shownOfficialCodes(world: World): ShownCode[] {
  return world.official.accounts.flatMap((account) => [
    {
      id: `official-${account.appid}`,
      title: `公众号：${account.name}`,
      text: accountCode(account),
      imageUrl: codeImage(world, accountCode(account)),
    },
    ...account.qrCodes
      .filter(({ expiresAt }) => expiresAt === null || expiresAt > now(world))
      .slice(-shownCodesOfAccount)
      .toReversed()
      .map(({ ticket, scene, url }) => ({
        id: `official-${ticket.slice(0, 16)}`,
        title: `公众号带参二维码：${account.name} ${scene}`,
        text: url,
        imageUrl: `${world.addresses.sandbox}/wechat-mp/cgi-bin/showqrcode?ticket=${encodeURIComponent(ticket)}`,
      })),
  ])
}
