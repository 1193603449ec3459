import * as v from 'valibot'
import { list, number, optionalNumber, optionalText, text } from '../lenient.ts'

// WeCom's replies, with the fields that we read. Other fields come and go. What a page calls a
// list, a text or a number comes as null, too.

/** WW-91039 */
export const TokenReply = v.object({ access_token: text, expires_in: number })

/** WW-90506 */
export const TicketReply = v.object({ ticket: text, expires_in: number })

/**
 * WW-91023: a member has `userid`, any other person `openid`. Some versions still send the old
 * spelling.
 */
export const UserInfoReply = v.object({
  userid: optionalText,
  UserId: optionalText,
  openid: optionalText,
  external_userid: optionalText,
})

/**
 * WW-90196. Since 2022 own apps get no avatar here, and a customized app may get the userid as the
 * name (WW-96255).
 */
export const UserReply = v.object({
  userid: text,
  name: optionalText,
  avatar: optionalText,
  thumb_avatar: optionalText,
  /** 1 active, 2 disabled, 4 not activated, 5 left; not every app gets it. */
  status: optionalNumber(1),
  position: optionalText,
  external_position: optionalText,
})

/** WW-96315 */
export const ContactReply = v.object({
  external_contact: v.object({
    external_userid: optionalText,
    name: optionalText,
    position: optionalText,
    avatar: optionalText,
    corp_name: optionalText,
    corp_full_name: optionalText,
    type: optionalNumber(1),
    gender: optionalNumber(0),
    unionid: optionalText,
  }),
  follow_user: list(
    v.object({
      userid: text,
      remark: optionalText,
      description: optionalText,
      createtime: optionalNumber(0),
      tags: list(
        v.object({
          group_name: optionalText,
          tag_name: text,
          tag_id: optionalText,
          type: optionalNumber(1),
        }),
      ),
      remark_corp_name: optionalText,
      remark_mobiles: list(text),
      add_way: optionalNumber(0),
      state: optionalText,
    }),
  ),
  next_cursor: optionalText,
})

/** WW-93274 */
export const ConversionReply = v.object({ external_userid: text })

/** WW-97108: one of the two. */
export const ProviderConversionReply = v.object({
  external_userid: optionalText,
  pending_id: optionalText,
})

/** WW-97108: contacts without a pending id are left out. */
export const PendingReply = v.object({
  result: list(v.object({ external_userid: text, pending_id: optionalText })),
})

/** WW-96348: the code is given for `scene` 2. */
export const ContactWayReply = v.object({ qr_code: v.pipe(v.string(), v.url()) })
