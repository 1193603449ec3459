import { randomBytes } from 'node:crypto'
import type { ShownCode } from '../../api.ts'
import { codeImage } from '../../pictures/code-image.ts'
import { findMember, now, type World } from '../../state/world.ts'
import type { ContactWay, JoinWay } from './state.ts'

const wayStart = 'https://work.weixin.qq.com/u/vc'
const joinStart = 'https://work.weixin.qq.com/gm/'

export function makeConfigId(): string {
  return randomBytes(16).toString('hex')
}

export function wayText({ configId }: Pick<ContactWay, 'configId'>): string {
  return `${wayStart}${configId}`
}

export function joinText({ configId }: Pick<JoinWay, 'configId'>): string {
  return `${joinStart}${configId}`
}

/** A temporary code serves one customer, and not for ever (WW-96348). */
export function isSpent(
  world: World,
  { isTemp, createdAt, expiresIn, scans }: ContactWay,
): boolean {
  return isTemp && (scans > 0 || now(world) >= createdAt + expiresIn * 1000)
}

const mostShown = 50

/** Codes of scene 2; buttons of mini programs hang nowhere. */
export function shownCodes(world: World): ShownCode[] {
  const ways = world.contacts.ways
    .filter((way) => way.scene === 2 && !isSpent(world, way))
    .map((way) => shownWay(world, way))
  const joins = world.contacts.joinWays
    .filter(({ scene }) => scene === 2)
    .map((way) => shownJoin(world, way))
  return [...ways, ...joins].toReversed().slice(0, mostShown)
}

function shownWay(world: World, way: ContactWay): ShownCode {
  const people = way.users.map((id) => findMember(world, id)?.name ?? id).join('、')
  const text = wayText(way)
  return {
    id: way.configId,
    title: `联系我：${way.remark || way.state || people}`,
    text,
    imageUrl: codeImage(world, text),
  }
}

function shownJoin(world: World, way: JoinWay): ShownCode {
  const names = world.groupChats
    .filter(({ chatId }) => way.chatIds.includes(chatId))
    .map(({ name }) => name)
  const text = joinText(way)
  return {
    id: way.configId,
    title: `加入群聊：${way.remark || names.join('、')}`,
    text,
    imageUrl: codeImage(world, text),
  }
}

/** What a scanned text means here. */
export function codeOf(
  world: World,
  text: string,
): { way: ContactWay } | { join: JoinWay } | 'gone' | null {
  if (text.startsWith(wayStart)) {
    const way = world.contacts.ways.find((one) => wayText(one) === text)
    return way ? { way } : 'gone'
  }
  if (!text.startsWith(joinStart)) return null
  const join = world.contacts.joinWays.find((one) => joinText(one) === text)
  return join ? { join } : 'gone'
}
