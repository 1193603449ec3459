import type { PushHandler, Pushes } from '../domain.ts'
import { readPush } from '../platforms/push.ts'
import { contactChanged, contactLost } from './fetch.ts'

const refresh: PushHandler = (ctx, { corpId, message }) =>
  contactChanged(ctx, { corpId, externalUserId: readPush(message).ExternalUserID })

const meet: PushHandler = (ctx, { corpId, message }) =>
  contactChanged(ctx, { corpId, externalUserId: readPush(message).ExternalUserID, isNew: true })

const lose: PushHandler = (ctx, { corpId, message }) => {
  const { ExternalUserID: externalUserId, UserID: userId } = readPush(message)
  return contactLost(ctx, { corpId, externalUserId, userId })
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
    'change_external_contact/del_external_contact': lose,
    // The customer has deleted the member, but the member still has the contact.
    'change_external_contact/del_follow_user': refresh,
  },
}
