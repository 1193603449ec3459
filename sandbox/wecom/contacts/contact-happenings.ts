import * as v from 'valibot'
import { Nonsense } from '../../doors/nonsense.ts'
import { happening, type Happening } from '../../platform/method.ts'
import { changed, type World } from '../../state/world.ts'
import { findAccount } from '../../wechat/accounts/accounts.ts'
import {
  acceptContact,
  addContact,
  knownCustomer,
  knownMember,
  knownRelation,
  removeContact,
} from './follows.ts'
import { tellContact } from './tell.ts'
import { recordConsent } from '../messages/archive.ts'
import { issueWelcome, welcomeElement } from './welcome-codes.ts'
import { scanWay } from './scans.ts'
import { describeFollow } from '../../state/shapes.ts'
import { findTag } from '../../state/find.ts'

const id = v.pipe(v.string(), v.minLength(1), v.maxLength(200))
const pair = { memberId: id, customerId: id }
const short = (most: number) => v.pipe(v.string(), v.maxLength(most))

const Adding = v.strictObject({
  ...pair,
  addWay: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(255)), 1),
  state: v.optional(short(30)),
  half: v.optional(v.boolean(), false),
})

const Edit = v.strictObject({
  ...pair,
  remark: v.optional(short(20)),
  description: v.optional(short(150)),
  company: v.optional(short(20)),
  phones: v.optional(v.pipe(v.array(short(30)), v.maxLength(10))),
  addTags: v.optional(v.array(id), []),
  removeTags: v.optional(v.array(id), []),
})

const Deletion = v.strictObject({ ...pair, byTransfer: v.optional(v.boolean(), false) })
const Failure = v.strictObject({
  ...pair,
  reason: v.picklist(['customer_refused', 'customer_limit_exceed']),
})

export const contactHappenings: Happening[] = [
  happening(
    'contact.add',
    'A customer and a member become contacts; half: the member has not accepted yet.',
    Adding,
    (world, body) =>
      describeFollow(world, addContact(world, { ...body, state: body.state ?? null })),
  ),
  happening(
    'contact.accept',
    'A member accepts a customer who waited.',
    v.strictObject(pair),
    (world, { memberId, customerId }) =>
      describeFollow(world, acceptContact(world, memberId, customerId)),
  ),
  happening(
    'contact.scan',
    'A customer scans a contact code or presses its button.',
    v.strictObject({ configId: id, customerId: id }),
    scan,
  ),
  happening('contact.edit', 'A member edits the remark, phones or tags of a contact.', Edit, edit),
  happening(
    'contact.delete',
    'A member deletes a contact.',
    Deletion,
    (world, { memberId, customerId, byTransfer }) =>
      removeContact(world, memberId, customerId, byTransfer),
  ),
  happening(
    'contact.deleted-by-customer',
    'A customer deletes a member, who keeps the contact.',
    v.strictObject(pair),
    lose,
  ),
  happening(
    'contact.welcome-fails',
    'The next greeting to a customer of the member does not arrive: another app may try again.',
    v.strictObject(pair),
    (world, { memberId, customerId }) => {
      knownMember(world, memberId)
      knownCustomer(world, customerId)
      world.contacts.failingWelcomes.push({ memberId, customerId })
      changed(world)
    },
  ),
  happening(
    'contact.transfer-fail',
    'A customer cannot be handed over to the member.',
    Failure,
    (world, { memberId, customerId, reason }) => {
      knownMember(world, memberId)
      const customer = knownCustomer(world, customerId)
      for (const one of world.contacts.transfers) {
        const isMeant = one.to === memberId && one.customerId === customerId && one.status === 2
        if (isMeant) one.status = reason === 'customer_refused' ? 3 : 4
      }
      tellContact(
        world,
        'transfer_fail',
        { memberId, customer },
        { before: { FailReason: reason } },
      )
    },
  ),
  happening(
    'contact.archive-approved',
    'A customer agrees to the session archive.',
    v.strictObject(pair),
    (world, { memberId, customerId }) => {
      const { customer, follow } = knownRelation(world, memberId, customerId)
      const code = issueWelcome(world, customer, follow)
      recordConsent(world, memberId, customerId, 'Agree')
      tellContact(
        world,
        'msg_audit_approved',
        { memberId, customer },
        { after: (app) => welcomeElement(app, code) },
      )
    },
  ),
  happening(
    'account.subject',
    'Who stands behind a mini program or official account, and whether it is verified.',
    v.strictObject({
      appid: id,
      of: v.picklist(['corp', 'provider', 'other']),
      verified: v.optional(v.boolean(), true),
    }),
    (world, { appid, of, verified }) => {
      if (!findAccount(world, appid)) throw new Nonsense(`there is no account "${appid}"`)
      world.contacts.subjects[appid] = { of, verified }
    },
  ),
  happening(
    'contact.feature',
    'An admin gives or takes 客户联系.',
    v.strictObject({ memberId: id, enabled: v.boolean() }),
    (world, body) => {
      knownMember(world, body.memberId)
      const { contacts } = world
      contacts.withoutFeature = contacts.withoutFeature.filter((one) => one !== body.memberId)
      if (!body.enabled) contacts.withoutFeature.push(body.memberId)
    },
  ),
  happening(
    'contact.greeting',
    'An admin sets a greeting for a member (null: takes it away); apps then get no welcome code.',
    v.strictObject({ memberId: id, text: v.nullable(v.pipe(short(1000), v.minLength(1))) }),
    (world, { memberId, text }) => {
      knownMember(world, memberId)
      if (text === null)
        world.contacts.greetings = Object.fromEntries(
          Object.entries(world.contacts.greetings).filter(([one]) => one !== memberId),
        )
      else world.contacts.greetings[memberId] = text
    },
  ),
]

function scan(world: World, { configId, customerId }: { configId: string; customerId: string }) {
  const way = world.contacts.ways.find((one) => one.configId === configId)
  if (!way) throw new Nonsense(`there is no contact code "${configId}"`)
  return scanWay(world, way, knownCustomer(world, customerId))
}

function edit(
  world: World,
  { memberId, customerId, addTags, removeTags, ...fields }: v.InferOutput<typeof Edit>,
) {
  const { customer, follow } = knownRelation(world, memberId, customerId)
  const unknown = [...addTags, ...removeTags].find((tag) => !findTag(world, tag))
  if (unknown !== undefined) throw new Nonsense(`there is no tag "${unknown}"`)
  const given = Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined),
  )
  if (Object.keys(given).length === 0 && addTags.length === 0 && removeTags.length === 0)
    throw new Nonsense('nothing is to be edited')
  Object.assign(follow, given)
  follow.tagIds = [...new Set([...follow.tagIds, ...addTags])].filter(
    (tag) => !removeTags.includes(tag),
  )
  changed(world, { customers: [customerId] })
  tellContact(world, 'edit_external_contact', { memberId, customer })
  return describeFollow(world, follow)
}

function lose(world: World, { memberId, customerId }: { memberId: string; customerId: string }) {
  const { customer, follow } = knownRelation(world, memberId, customerId)
  if (follow.lost) throw new Nonsense(`${customerId} has deleted ${memberId} already`)
  follow.lost = true
  changed(world, { customers: [customerId] })
  tellContact(world, 'del_follow_user', { memberId, customer })
}
