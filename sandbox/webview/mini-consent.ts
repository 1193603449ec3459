import * as v from 'valibot'
import { Nonsense } from '../doors/nonsense.ts'
import { check } from '../doors/read.ts'
import type { SceneCustomer } from '../scenes/scene.ts'
import { act, changed, findCustomer, type WebviewRecord, type World } from '../state/world.ts'
import { agreeToMessages, agreeToPhone } from '../wechat/miniprogram/consent.ts'
import { phoneOf } from '../wechat/miniprogram/phone.ts'
import { enterService } from '../wechat/miniprogram/talk.ts'

const ids = v.pipe(v.array(v.pipe(v.string(), v.maxLength(200))), v.maxLength(5))
const Templates = v.looseObject({ ids })
const Subscribe = v.looseObject({ accepted: ids })
const Contact = v.looseObject({ sessionFrom: v.pipe(v.string(), v.maxLength(1000)) })

/**
 * What a person gives to a mini program, asked by the frame's dialogs: agreements to messages, the
 * number, a talk. Undefined: there is no such door.
 */
export function answerConsent(
  world: World,
  known: WebviewRecord,
  path: string,
  body: unknown,
): object | undefined {
  switch (path) {
    case 'templates': {
      const asked = check(Templates, body).ids
      const { templates, isBanned } = world.miniprogram
      const asking = templates.filter(({ id }) => asked.includes(id))
      return {
        isBanned,
        templates: asking.map(({ id, title, lines }) => ({
          id,
          title,
          lines: lines.map(([name]) => name),
        })),
      }
    }
    case 'subscribe': {
      const { accepted } = check(Subscribe, body)
      const isKnown = (id: string) => world.miniprogram.templates.some((one) => one.id === id)
      if (!accepted.every(isKnown)) throw new Nonsense('there is no such template')
      for (const id of accepted) agreeToMessages(world, personOf(world, known), id, 1)
      changed(world)
      return {}
    }
    case 'phone':
      return { number: phoneOf(personOf(world, known)) }
    case 'phone-code':
      return { code: agreeToPhone(world, personOf(world, known)) }
    case 'contact': {
      const { conversationId } = enterService(world, known.userId, check(Contact, body).sessionFrom)
      changed(world, { conversations: [conversationId] })
      act(world, known.id, { kind: 'openConversation', conversationId })
      return {}
    }
    default:
      return undefined
  }
}

function personOf(world: World, { userId }: WebviewRecord): SceneCustomer {
  const customer = findCustomer(world, userId)
  if (!customer) throw new Nonsense(`there is no customer "${userId}"`)
  return customer
}
