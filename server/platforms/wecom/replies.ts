import * as v from 'valibot'

// WeCom's replies, with the fields that we read. Other fields come and go.

/** WW-91039 */
export const TokenReply = v.object({
  access_token: v.pipe(v.string(), v.minLength(1)),
  expires_in: v.number(),
})

/** WW-90506 */
export const TicketReply = v.object({
  ticket: v.pipe(v.string(), v.minLength(1)),
  expires_in: v.number(),
})

/**
 * WW-91023: a member has `userid`, any other person `openid`. Some versions still send the old
 * spelling.
 */
export const UserInfoReply = v.object({
  userid: v.optional(v.string()),
  UserId: v.optional(v.string()),
  openid: v.optional(v.string()),
  external_userid: v.optional(v.string()),
})

/**
 * WW-90196. Since 2022 own apps get no avatar here, and a customized app may get the userid as the
 * name (WW-96255).
 */
export const UserReply = v.object({
  userid: v.string(),
  name: v.optional(v.string()),
  avatar: v.optional(v.string()),
  thumb_avatar: v.optional(v.string()),
  position: v.optional(v.nullable(v.string())),
  external_position: v.optional(v.nullable(v.string())),
})

const text = v.optional(v.nullable(v.string()))

/** WW-96315 */
export const ContactReply = v.object({
  external_contact: v.object({
    external_userid: v.string(),
    name: v.optional(v.string(), ''),
    position: text,
    avatar: text,
    corp_name: text,
    corp_full_name: text,
    type: v.optional(v.number(), 1),
    gender: v.optional(v.number(), 0),
    unionid: text,
  }),
  follow_user: v.optional(
    v.array(
      v.object({
        userid: v.string(),
        remark: v.optional(v.string(), ''),
        description: v.optional(v.string(), ''),
        createtime: v.optional(v.number(), 0),
        tags: v.optional(
          v.array(
            v.object({
              group_name: text,
              tag_name: v.string(),
              tag_id: text,
              type: v.optional(v.number(), 1),
            }),
          ),
          [],
        ),
        remark_corp_name: text,
        remark_mobiles: v.optional(v.array(v.string()), []),
        add_way: v.optional(v.number(), 0),
        state: text,
      }),
    ),
    [],
  ),
  next_cursor: text,
})

/** WW-93274 */
export const ConversionReply = v.object({ external_userid: v.string() })

/** WW-97108: one of the two. */
export const ProviderConversionReply = v.object({
  external_userid: v.optional(v.string()),
  pending_id: v.optional(v.string()),
})

/** WW-97108: contacts without a pending id are left out. */
export const PendingReply = v.object({
  result: v.optional(
    v.array(v.object({ external_userid: v.string(), pending_id: v.optional(v.string()) })),
    [],
  ),
})

/** WW-96348: the code is given for `scene` 2. */
export const ContactWayReply = v.object({ qr_code: v.pipe(v.string(), v.url()) })
