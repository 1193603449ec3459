import { and, eq, inArray, lte, sql } from 'drizzle-orm'
import * as v from 'valibot'
import type { Queryable } from '../base/db/database.ts'
import type { WecomMember } from '../platforms/wecom/client.ts'
import type { WecomContact } from '../platforms/wecom/contact.ts'
import { contacts, members } from './tables.ts'

const Profile = v.object({
  name: v.string(),
  position: v.nullable(v.string()),
  avatarUrl: v.nullable(v.string()),
  corpName: v.nullable(v.string()),
  kind: v.picklist(['wechat', 'wecom']),
  gender: v.picklist(['unknown', 'male', 'female']),
})

const Follow = v.object({
  userId: v.string(),
  remark: v.string(),
  description: v.string(),
  addedAt: v.string(),
  tags: v.array(
    v.object({
      name: v.string(),
      group: v.nullable(v.string()),
      kind: v.picklist(['corp', 'member', 'rule']),
    }),
  ),
  /** The member's note. WeCom itself knows only the corp of its own users. */
  remarkCorpName: v.nullable(v.string()),
  phones: v.array(v.string()),
  addWay: v.number(),
  state: v.nullable(v.string()),
})

/** A contact as WeCom described it at `fetchedAt`. */
export interface ContactRow {
  corpId: string
  externalUserId: string
  profile: v.InferOutput<typeof Profile>
  follows: v.InferOutput<typeof Follow>[]
  fetchedAt: Date
}

export async function contactRow(
  q: Queryable,
  corpId: string,
  externalUserId: string,
): Promise<ContactRow | undefined> {
  const [row] = await q
    .select()
    .from(contacts)
    .where(and(eq(contacts.corpId, corpId), eq(contacts.externalUserId, externalUserId)))
  return (
    row && {
      ...row,
      profile: v.parse(Profile, row.profile),
      follows: v.parse(v.array(Follow), row.follows),
    }
  )
}

/**
 * Stores WeCom's description of a contact, unless another process has stored a newer one. The
 * unionid is not stored here but with the identities.
 */
export async function saveContact(
  q: Queryable,
  corpId: string,
  contact: WecomContact,
  fetchedAt: Date,
): Promise<ContactRow> {
  const row: ContactRow = {
    corpId,
    externalUserId: contact.externalUserId,
    profile: v.parse(Profile, contact),
    follows: contact.follows.map((follow) =>
      v.parse(Follow, { ...follow, addedAt: follow.addedAt.toISOString() }),
    ),
    fetchedAt,
  }
  await q
    .insert(contacts)
    .values(row)
    .onConflictDoUpdate({
      target: [contacts.corpId, contacts.externalUserId],
      set: {
        profile: sql`excluded.profile`,
        follows: sql`excluded.follows`,
        fetchedAt: sql`excluded.fetched_at`,
      },
      setWhere: lte(contacts.fetchedAt, fetchedAt),
    })
  return row
}

export async function deleteContact(
  q: Queryable,
  corpId: string,
  externalUserId: string,
): Promise<void> {
  await q
    .delete(contacts)
    .where(and(eq(contacts.corpId, corpId), eq(contacts.externalUserId, externalUserId)))
}

/** Deletes one member's relation from the stored contact. */
export async function dropFollow(
  q: Queryable,
  { corpId, externalUserId, userId }: { corpId: string; externalUserId: string; userId: string },
): Promise<void> {
  await q
    .update(contacts)
    .set({
      follows: sql`(select coalesce(jsonb_agg(relation order by place), '[]') from jsonb_array_elements(${contacts.follows}) with ordinality as one(relation, place) where relation ->> 'userId' <> ${userId})`,
    })
    .where(and(eq(contacts.corpId, corpId), eq(contacts.externalUserId, externalUserId)))
}

export type MemberRow = typeof members.$inferSelect

export async function memberRows(
  q: Queryable,
  corpId: string,
  userIds: readonly string[],
): Promise<Map<string, MemberRow>> {
  if (userIds.length === 0) return new Map()
  const rows = await q
    .select()
    .from(members)
    .where(and(eq(members.corpId, corpId), inArray(members.userId, [...userIds])))
  return new Map(rows.map((row) => [row.userId, row]))
}

export async function saveMember(
  q: Queryable,
  corpId: string,
  { userId, name, avatarUrl, title }: WecomMember,
  fetchedAt: Date,
): Promise<void> {
  await q
    .insert(members)
    .values({ corpId, userId, name, avatarUrl, title, fetchedAt })
    .onConflictDoUpdate({
      target: [members.corpId, members.userId],
      set: {
        name: sql`excluded.name`,
        avatarUrl: sql`excluded.avatar_url`,
        title: sql`excluded.title`,
        fetchedAt: sql`excluded.fetched_at`,
      },
      setWhere: lte(members.fetchedAt, fetchedAt),
    })
}
