import type { PushHandler, Pushes } from '../domain.ts'
import { readPush } from '../platforms/push.ts'
import { memberChanged, memberLeft } from './members/standing.ts'
import { contactChanged, contactLost, contactMet } from './fetch.ts'

const refresh: PushHandler = (ctx, { corpId, message }) =>
  contactChanged(ctx, { corpId, externalUserId: readPush(message).ExternalUserID })

const meet: PushHandler = (ctx, { corpId, message }) => {
  const { ExternalUserID: externalUserId, UserID: userId } = readPush(message)
  return contactMet(ctx, { corpId, externalUserId, userId })
}

const deleteContact: PushHandler = (ctx, { corpId, message }) => {
  const { ExternalUserID: externalUserId, UserID: userId } = readPush(message)
  const at = ctx.clock.now().toISOString()
  return contactLost(ctx, { corpId, externalUserId, userId }, { by: 'member', at })
}

const deleteMember: PushHandler = (ctx, { corpId, message }) => {
  const { ExternalUserID: externalUserId, UserID: userId, CreateTime } = readPush(message)
  const seconds = Number(CreateTime) || ctx.clock.now().getTime() / 1000
  const at = new Date(seconds * 1000).toISOString()
  return contactLost(ctx, { corpId, externalUserId, userId }, { by: 'contact', at })
}

const leave: PushHandler = (ctx, { corpId, message }) =>
  memberLeft(ctx, { corpId, userId: readPush(message).UserID })

/** 2: disabled, 4: not activated, 5: left (WW-90970). */
const inactive = ['2', '4', '5']

const changeMember: PushHandler = async (ctx, { corpId, message }) => {
  const { UserID: userId, NewUserID, Status } = readPush(message)
  if (NewUserID || inactive.includes(Status)) await memberLeft(ctx, { corpId, userId })
  else await memberChanged(ctx, { corpId, userId })
}

/**
 * Handlers of WeCom's pushes. A push only hints at a change; we read the contact itself from WeCom.
 * So order, repeats and delays of pushes do not matter (WW-96361).
 */
export const contactPushes: Pushes = {
  wecom: {
    'change_external_contact/add_external_contact': meet,
    'change_external_contact/add_half_external_contact': meet,
    'change_external_contact/edit_external_contact': refresh,
    'change_external_contact/del_external_contact': deleteContact,
    'change_contact/delete_user': leave,
    'change_contact/update_user': changeMember,
    // The customer has deleted the member. WeCom still lists the relation, but it has ended.
    'change_external_contact/del_follow_user': deleteMember,
  },
}
