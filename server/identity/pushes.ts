import type { PushHandler, Pushes } from '../domain.ts'
import { readPush } from '../platforms/push.ts'
import { recognize } from './conversion/recognize.ts'

/** Runs before the contact is loaded, so that loading it does not ask WeCom again. */
const meet: PushHandler = (ctx, { corpId, message }) =>
  recognize(ctx, { corpId, externalUserIds: [readPush(message).ExternalUserID] })

/**
 * Recognizes people in a group, who may be nobody's contacts. The published ids of outsiders begin
 * with wm or wo; ids of our members are skipped.
 */
const meetInGroup: PushHandler = async (ctx, { corpId, message }) => {
  const push = readPush(message)
  if (push.UpdateDetail !== 'add_member') return
  const externalUserIds = push.MemChangeList.Item.filter((id) => /^w[mo]/.test(id))
  await recognize(ctx, { corpId, externalUserIds, chatId: push.ChatId })
}

export const identityPushes: Pushes = {
  wecom: {
    'change_external_contact/add_external_contact': meet,
    'change_external_contact/add_half_external_contact': meet,
    'change_external_chat/update': meetInGroup,
  },
}
