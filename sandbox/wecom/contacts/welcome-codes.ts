import type { SceneCustomer, SceneFollow } from '../../scenes/scene.ts'
import { addMessage, makeSecret, now, type World } from '../../state/world.ts'
import { contactConversation } from '../../webview/webviews.ts'
import type { App } from '../apps/state.ts'
import type { Welcome } from './state.ts'
import type { Xml } from '../../pushes/receiver.ts'
import { addedAt } from '../../state/find.ts'

/** WW-96356 */
const welcomeMs = 20_000
const hour = 3_600_000
/** The page does not say how long a greeting is under way. */
const distributionMs = 1000

/**
 * A code to greet somebody new with, or null: they chat already, have been greeted, or an admin's
 * greeting goes out instead.
 */
export function issueWelcome(
  world: World,
  customer: SceneCustomer,
  { memberId, addedMinutesAgo }: SceneFollow,
): string | null {
  const { contacts } = world
  const between = (one: Welcome) => one.memberId === memberId && one.customerId === customer.id
  const since = addedAt(world, addedMinutesAgo)
  if (
    contacts.welcomes.some(
      (one) => between(one) && one.at >= since && progressOf(world, one) !== 'free',
    )
  )
    return null
  if (hasChatted(world, memberId, customer.id, since)) return null
  const greeting = contacts.greetings[memberId]
  if (greeting !== undefined) {
    greet(world, memberId, customer.id, greeting)
    return null
  }
  const code = makeSecret(43)
  contacts.welcomes = contacts.welcomes.filter(({ at }) => at > now(world) - hour)
  contacts.welcomes.push({
    code,
    memberId,
    customerId: customer.id,
    at: now(world),
    sentAt: null,
    fails: false,
  })
  return code
}

function greet(world: World, memberId: string, customerId: string, text: string) {
  const conversation = contactConversation(world, memberId, customerId)
  if (
    !conversation.messages.some(
      (one) => one.kind === 'text' && one.text === text && one.from.id === memberId,
    )
  )
    addMessage(world, conversation, { kind: 'member', id: memberId }, { kind: 'text', text })
}

/** Has anybody said something since then? Grey lines do not count. */
export function hasChatted(
  world: World,
  memberId: string,
  customerId: string,
  since: number,
): boolean {
  return contactConversation(world, memberId, customerId).messages.some(
    ({ from, at }) => from.kind !== 'system' && at >= since,
  )
}

export function isFresh(world: World, { at }: Welcome): boolean {
  return now(world) - at <= welcomeMs
}

/**
 * WW-96356: while one app's greeting is under way another may only wait. It may try again when that
 * one did not arrive.
 */
export function progressOf(world: World, { sentAt, fails }: Welcome): 'free' | 'sending' | 'sent' {
  if (sentAt === null) return 'free'
  if (now(world) - sentAt < distributionMs) return 'sending'
  return fails ? 'free' : 'sent'
}

/** Only an app that may greet gets the code. */
export function welcomeElement({ permissions }: App, code: string | null): Xml {
  return code !== null && permissions.includes('externalcontact:contact:welcome_msg')
    ? { WelcomeCode: code }
    : {}
}
