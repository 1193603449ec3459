import * as v from 'valibot'
import { Nonsense } from '../../doors/nonsense.ts'
import { happening, type Happening } from '../../platform/method.ts'
import {
  changeGroup,
  createGroup,
  dismissGroup,
  joinGroup,
  leaveGroup,
  partiesOf,
  requireGroup,
} from './group-changes.ts'

const id = v.pipe(v.string(), v.minLength(1), v.maxLength(200))
const text = (most: number) => v.pipe(v.string(), v.minLength(1), v.maxLength(most))
const ids = v.optional(v.array(id), [])

const Creation = v.strictObject({
  ownerId: id,
  name: text(60),
  memberIds: ids,
  customerIds: v.array(id),
})
const Joining = v.strictObject({
  chatId: id,
  memberIds: ids,
  customerIds: ids,
  scene: v.optional(v.picklist([1, 2, 3]), 1),
  invitorId: v.optional(id),
  state: v.optional(v.pipe(v.string(), v.maxLength(30))),
})
const Leaving = v.strictObject({
  chatId: id,
  memberId: v.optional(id),
  customerId: v.optional(id),
  removed: v.optional(v.boolean(), false),
})

export const groupHappenings: Happening[] = [
  happening('group.create', 'A member opens a customer group.', Creation, (world, body) => {
    const { chatId, conversationId } = createGroup(world, body)
    return { chatId, conversationId }
  }),
  happening(
    'group.join',
    'People join a group: invited (1), by a link (2), by a QR code (3).',
    Joining,
    (world, body) => {
      const chat = requireGroup(world, body.chatId)
      const invitor = body.scene === 3 ? null : (body.invitorId ?? chat.ownerId)
      joinGroup(world, chat, partiesOf(body.memberIds, body.customerIds), {
        scene: body.scene,
        invitor,
        state: body.state ?? null,
      })
    },
  ),
  happening(
    'group.leave',
    'Somebody leaves a group, or is removed.',
    Leaving,
    (world, { chatId, memberId, customerId, removed }) => {
      const [party, more] = partiesOf(
        memberId === undefined ? [] : [memberId],
        customerId === undefined ? [] : [customerId],
      )
      if (!party || more) throw new Nonsense('give exactly one of memberId and customerId')
      leaveGroup(world, requireGroup(world, chatId), party, removed)
    },
  ),
  happening(
    'group.rename',
    'A group gets another name.',
    v.strictObject({ chatId: id, name: text(60) }),
    (world, { chatId, name }) =>
      changeGroup(world, requireGroup(world, chatId), 'change_name', name),
  ),
  happening(
    'group.notice',
    'A group gets another notice.',
    v.strictObject({ chatId: id, notice: text(2000) }),
    (world, { chatId, notice }) =>
      changeGroup(world, requireGroup(world, chatId), 'change_notice', notice),
  ),
  happening(
    'group.owner',
    'A group gets another owner.',
    v.strictObject({ chatId: id, ownerId: id }),
    (world, { chatId, ownerId }) =>
      changeGroup(world, requireGroup(world, chatId), 'change_owner', ownerId),
  ),
  happening(
    'group.dismiss',
    'The owner dismisses a group.',
    v.strictObject({ chatId: id }),
    (world, { chatId }) => dismissGroup(world, requireGroup(world, chatId)),
  ),
]
