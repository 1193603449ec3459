import type { Party } from '../api.ts'
import { makeFollow, makePerson } from './busy-people.ts'
import { chatter, talk } from './busy-talk.ts'
import { demo } from './demo.ts'
import { diceOf, type Dice } from './random.ts'
import type { Scene, SceneConversation, SceneCustomer, SceneGroupChat } from './scene.ts'

export const busyRepTitle = '忙碌的销售：一万个客户，六十个群'

const seed = 20_261_122
const contactsOf = { ZhouXiaolan: 10_000, HanXue: 400 }
/** Of 韩雪's, these are 周晓岚's as well: one asks for a machine, the other for its service. */
const shared = 150
const talks = { ZhouXiaolan: 280, HanXue: 20 }
const groups = 60
const minutesOfDay = 1440

/**
 * The demo's people and their corp, with as many contacts as a rep collects in years. The same in
 * every sandbox.
 */
export function busyRep(): Scene {
  const dice = diceOf(seed)
  const base = structuredClone(demo)
  const customers = [...base.customers, ...makeCustomers(dice, base)]
  const chats = makeGroups(dice, customers)
  return {
    ...base,
    name: 'busy-rep',
    title: busyRepTitle,
    customers,
    conversations: [...base.conversations, ...makeTalks(dice, customers), ...chats.conversations],
    groupChats: [...base.groupChats, ...chats.groupChats],
  }
}

function makeCustomers(dice: Dice, { customers, tagGroups }: Scene): SceneCustomer[] {
  const tagIds = tagGroups.flatMap(({ tags }) => tags.map(({ id }) => id))
  const already = (memberId: string) =>
    customers.filter(({ follows }) => follows.some((one) => one.memberId === memberId)).length
  const zhou = contactsOf.ZhouXiaolan - already('ZhouXiaolan')
  const han = contactsOf.HanXue - already('HanXue')
  return Array.from({ length: zhou + han - shared }, (_, index) => {
    const person = makePerson(dice, index + 1)
    if (index < zhou) person.follows.push(makeFollow(dice, 'ZhouXiaolan', person, tagIds))
    if (index >= zhou - shared) person.follows.push(makeFollow(dice, 'HanXue', person, tagIds))
    return person
  })
}

/** The newest contacts are the ones one talks with. */
function makeTalks(dice: Dice, customers: SceneCustomer[]): SceneConversation[] {
  return Object.entries(talks).flatMap(([memberId, count]) => {
    const ago = ({ follows }: SceneCustomer) =>
      follows.find((one) => one.memberId === memberId)?.addedMinutesAgo ?? Infinity
    const own = customers
      .filter(({ id }) => id.startsWith('person'))
      .map((customer) => ({ customer, since: ago(customer) }))
    const newest = own
      .filter(({ since }) => since < Infinity)
      .toSorted((a, b) => a.since - b.since)
      .slice(0, count)
    return newest.map(({ customer, since }, index): SceneConversation => {
      const member: Party = { kind: 'member', id: memberId }
      const party: Party = { kind: 'customer', id: customer.id }
      // Nobody speaks before they know each other.
      const latest = Math.min(10 + index * 17 + dice.roll(15), Math.max(1, since - 25))
      const messages = talk(dice, member, party, latest).filter(
        ({ minutesAgo }) => minutesAgo < since,
      )
      return {
        id: `chat-${memberId}-${customer.id}`,
        kind: 'contact',
        participants: [member, party],
        messages,
      }
    })
  })
}

function makeGroups(
  dice: Dice,
  customers: SceneCustomer[],
): { conversations: SceneConversation[]; groupChats: SceneGroupChat[] } {
  const conversations: SceneConversation[] = []
  const groupChats: SceneGroupChat[] = []
  const people = customers.filter(({ id }) => id.startsWith('person'))
  for (let index = 0; index < groups; index += 1) {
    const ownerId = index % 6 === 5 ? 'HanXue' : 'ZhouXiaolan'
    const owner: Party = { kind: 'member', id: ownerId }
    // Most groups are a customer's few people, some are full.
    const size = index % 20 === 19 ? 480 : index % 5 === 4 ? 60 + dice.roll(140) : 3 + dice.roll(20)
    const chosen = new Set(Array.from({ length: size }, () => dice.pick(people)))
    const guests = [...chosen].map(({ id }): Party => ({ kind: 'customer', id }))
    const minutesAgo = 45 + index * (180 + dice.roll(400))
    const conversationId = `group-busy-${index + 1}`
    const helper: Party = { kind: 'member', id: ownerId === 'HanXue' ? 'ZhouXiaolan' : 'HanXue' }
    const messages = chatter(dice, owner, guests, minutesAgo)
    conversations.push({
      id: conversationId,
      kind: 'group',
      participants: [owner, helper, ...guests],
      messages,
    })
    const [host] = chosen
    groupChats.push({
      chatId: `wrLcT3AAAA${dice.letters(22)}`,
      name:
        size > 40
          ? `澜川设备交流${index + 1}群`
          : `${host?.corpName ?? host?.name ?? '客户'}·澜川服务群`,
      ownerId,
      notice: size > 40 ? '保养提醒、技术资料都发在这里。急修请拨 400。' : '',
      conversationId,
      createdMinutesAgo: minutesAgo + 90 + dice.roll(900) * minutesOfDay,
    })
  }
  return { conversations, groupChats }
}
