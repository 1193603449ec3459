import * as v from 'valibot'
import { Nonsense } from '../../doors/nonsense.ts'
import * as shapes from '../../doors/shapes.ts'
import { happening, type Happening } from '../../platform/method.ts'
import type { SceneCustomer } from '../../scenes/scene.ts'
import { findCustomer, type World } from '../../state/world.ts'
import { agreeToMessages, agreeToPhone } from './consent.ts'
import { logIn } from './sessions.ts'
import { consentKey } from './subscribe.ts'
import { enterService, talkToMiniprogram } from './talk.ts'
import { describeMessage } from '../../state/shapes.ts'

const id = v.pipe(v.string(), v.minLength(1), v.maxLength(200))

export const miniprogramHappenings: Happening[] = [
  happening(
    'miniprogram.phone',
    'A customer agrees to tell the mini program their number: the code for getuserphonenumber.',
    v.strictObject({ customerId: id }),
    (world, { customerId }) => ({ code: agreeToPhone(world, customerIn(world, customerId)) }),
  ),
  happening(
    'miniprogram.visit',
    'A customer opens the mini program, which the content check wants within two hours.',
    v.strictObject({ customerId: id }),
    (world, { customerId }) => {
      logIn(world, customerIn(world, customerId))
    },
  ),
  happening(
    'miniprogram.block',
    'The platform finds a customer risky and blocks their logins, or no longer does.',
    v.strictObject({ customerId: id, isBlocked: v.boolean() }),
    (world, { customerId, isBlocked }) => {
      if (isBlocked) world.miniprogram.riskyUsers.add(customerIn(world, customerId).id)
      else world.miniprogram.riskyUsers.delete(customerId)
    },
  ),
  happening(
    'miniprogram.enterService',
    'A customer enters the talk with the mini program’s service.',
    v.strictObject({
      customerId: id,
      sessionFrom: v.optional(v.pipe(v.string(), v.maxLength(1000)), ''),
    }),
    (world, { customerId, sessionFrom }) =>
      enterService(world, customerIn(world, customerId).id, sessionFrom),
  ),
  happening(
    'miniprogram.message',
    'A customer writes to the mini program’s service: text, image or a page’s card.',
    v.strictObject({ customerId: id, card: shapes.Card }),
    (world, { customerId, card }) =>
      describeMessage(talkToMiniprogram(world, customerIn(world, customerId).id, card)),
  ),
  happening(
    'subscribe.accept',
    'A customer agrees to subscribe messages of a template, once or some times.',
    v.strictObject({
      customerId: id,
      templateId: id,
      times: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1000)), 1),
    }),
    (world, { customerId, templateId, times }) => ({
      left: agreeToMessages(
        world,
        customerIn(world, customerId),
        templateIn(world, templateId),
        times,
      ),
    }),
  ),
  happening(
    'subscribe.refuse',
    'A customer takes back every agreement to a template.',
    v.strictObject({ customerId: id, templateId: id }),
    (world, { customerId, templateId }) => {
      world.miniprogram.consents.delete(
        consentKey(customerIn(world, customerId).id, templateIn(world, templateId)),
      )
    },
  ),
  happening(
    'subscribe.ban',
    'The platform takes subscribe messages away from the mini program, or gives them back.',
    v.strictObject({ isBanned: v.boolean() }),
    (world, { isBanned }) => {
      world.miniprogram.isBanned = isBanned
    },
  ),
  happening(
    'security.words',
    'Other words are risky to the content check.',
    v.strictObject({
      words: v.array(
        v.strictObject({
          word: id,
          label: v.pipe(v.number(), v.integer()),
          suggest: v.optional(v.picklist(['risky', 'review']), 'risky'),
        }),
      ),
    }),
    (world, { words }) => {
      world.miniprogram.riskyWords = words
    },
  ),
]

function customerIn(world: World, customerId: string): SceneCustomer {
  const customer = findCustomer(world, customerId)
  if (!customer) throw new Nonsense(`there is no customer "${customerId}"`)
  return customer
}

function templateIn(world: World, templateId: string): string {
  if (!world.miniprogram.templates.some((one) => one.id === templateId))
    throw new Nonsense(`there is no template "${templateId}"`)
  return templateId
}
