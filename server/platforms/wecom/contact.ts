import type * as v from 'valibot'
import type { ContactReply } from './replies.ts'

export interface WecomFollow {
  userId: string
  remark: string
  description: string
  addedAt: Date
  /** `tagId` is missing for a member's own tags in practice. */
  tags: {
    name: string
    group: string | null
    tagId: string | null
    kind: 'corp' | 'member' | 'rule'
  }[]
  remarkCorpName: string | null
  phones: string[]
  addWay: number
  state: string | null
}

export interface WecomContact {
  externalUserId: string
  name: string
  position: string | null
  avatarUrl: string | null
  corpName: string | null
  kind: 'wechat' | 'wecom'
  gender: 'unknown' | 'male' | 'female'
  /** Own apps only, and only when a WeChat developer account is bound. */
  unionid: string | null
  follows: WecomFollow[]
}

const tagKinds = { 1: 'corp', 2: 'member', 3: 'rule' } as const
const genders = { 1: 'male', 2: 'female' } as const

/** The latest second that a `Date` can hold. */
const lastSecond = 8.64e12

/**
 * Returns one contact from the pages of its followers. The profile is the same on each page.
 * `asked` is the id that we asked for.
 */
export function readContact(
  asked: string,
  pages: readonly v.InferOutput<typeof ContactReply>[],
): WecomContact {
  const [first] = pages
  if (!first) throw new RangeError('a contact has at least one page')
  const { external_contact: profile } = first
  return {
    externalUserId: profile.external_userid || asked,
    name: profile.name,
    position: profile.position || null,
    avatarUrl: profile.avatar || null,
    corpName: profile.corp_name || profile.corp_full_name || null,
    kind: profile.type === 2 ? 'wecom' : 'wechat',
    gender: genders[profile.gender as 1 | 2] ?? 'unknown',
    unionid: profile.unionid || null,
    follows: pages.flatMap((page) =>
      page.follow_user.map((follow) => ({
        userId: follow.userid,
        remark: follow.remark,
        description: follow.description,
        addedAt: instantOf(follow.createtime),
        tags: follow.tags.map((tag) => ({
          name: tag.tag_name,
          group: tag.group_name || null,
          tagId: tag.tag_id || null,
          kind: tagKinds[tag.type as 1 | 2 | 3] ?? 'corp',
        })),
        remarkCorpName: follow.remark_corp_name || null,
        phones: follow.remark_mobiles,
        addWay: follow.add_way,
        state: follow.state || null,
      })),
    ),
  }
}

/** An unreadable time is the beginning of time, as a missing one is. */
function instantOf(seconds: number): Date {
  return new Date(Math.abs(seconds) <= lastSecond ? seconds * 1000 : 0)
}
