import * as v from 'valibot'
import { Nonsense } from '../../doors/nonsense.ts'
import { happening, type Happening } from '../../platform/method.ts'
import { findCustomer, findMember } from '../../state/world.ts'
import { recordConsent } from './archive.ts'
import type { Edition } from './archive-state.ts'

const id = v.pipe(v.string(), v.minLength(1), v.maxLength(200))

export const archiveHappenings: Happening[] = [
  happening(
    'archive.permit',
    'An admin has a member recorded (edition 1 office, 2 service, 3 enterprise) or not any more (null).',
    v.strictObject({ memberId: id, edition: v.nullable(v.picklist([1, 2, 3])) }),
    ({ messages: { archive }, ...world }, { memberId, edition }) => {
      if (!world.members.some((one) => one.id === memberId))
        throw new Nonsense(`there is no member "${memberId}"`)
      const rest = Object.entries(archive.permits).filter(([one]) => one !== memberId)
      const added: [string, Edition][] = edition === null ? [] : [[memberId, edition]]
      archive.permits = Object.fromEntries([...rest, ...added])
    },
  ),
  happening(
    'archive.consent',
    'A customer agrees to be recorded or does not. Without a push: `contact.archive-approved` is the one that WeCom tells of.',
    v.strictObject({
      memberId: id,
      customerId: id,
      status: v.picklist(['Agree', 'Disagree', 'Default_Agree']),
    }),
    (world, { memberId, customerId, status }) => {
      if (!findMember(world, memberId)) throw new Nonsense(`there is no member "${memberId}"`)
      if (!findCustomer(world, customerId))
        throw new Nonsense(`there is no customer "${customerId}"`)
      recordConsent(world, memberId, customerId, status)
    },
  ),
  happening(
    'archive.service',
    'The corp opens the session archive, lets it run out, or allows it only to some addresses.',
    v.strictObject({
      service: v.optional(v.picklist(['open', 'closed', 'expired'])),
      allowedIps: v.optional(v.nullable(v.array(v.string()))),
    }),
    ({ messages: { archive } }, { service, allowedIps }) => {
      if (service !== undefined) archive.service = service
      if (allowedIps !== undefined) archive.allowedIps = allowedIps
    },
  ),
  happening(
    'archive.robot',
    'A robot joins the chats of the corp.',
    v.strictObject({ id, name: v.string(), creatorId: id }),
    (world, robot) => {
      if (!findMember(world, robot.creatorId))
        throw new Nonsense(`there is no member "${robot.creatorId}"`)
      world.messages.archive.robots.push(robot)
    },
  ),
]
