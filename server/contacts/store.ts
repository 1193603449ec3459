import { and, eq, gt, inArray, lte, or, sql } from 'drizzle-orm'
import * as v from 'valibot'
import type { Queryable } from '../base/db/database.ts'
import { PlatformWords } from '../platforms/platform-error.ts'
import type { WecomMember } from '../platforms/wecom/client.ts'
import type { WecomContact } from '../platforms/wecom/contact.ts'
import { contacts, members } from './tables.ts'

/** A stored time that is later than now by more than this came from a wrong clock. */
export const wrongClockMs = 5 * 60_000

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
  /** Without members whose relation has ended. */
  follows: v.InferOutput<typeof Follow>[]
  /** Why WeCom refused to describe the contact after `fetchedAt`; null when it did not. */
  refusal: PlatformWords | null
  fetchedAt: Date
}

/**
 * Who ended a relation, and when. The time is the platform's when the contact did it, because WeCom
 * goes on to list the relation: only one that began later counts. When the member did it, WeCom
 * lists it no more; the time is ours, and any answer to a later question counts.
 */
export const LostBy = v.object({ by: v.picklist(['member', 'contact']), at: v.string() })
export type LostBy = v.InferOutput<typeof LostBy>
const Lost = v.record(v.string(), LostBy)

export async function contactRow(
  q: Queryable,
  corpId: string,
  externalUserId: string,
): Promise<ContactRow | undefined> {
  const [row] = await q
    .select()
    .from(contacts)
    .where(and(eq(contacts.corpId, corpId), eq(contacts.externalUserId, externalUserId)))
  return row && read(row)
}

function read({ lost, ...row }: typeof contacts.$inferSelect): ContactRow {
  const ended = v.parse(Lost, lost)
  return {
    ...row,
    profile: v.parse(Profile, row.profile),
    follows: v
      .parse(v.array(Follow), row.follows)
      .filter(({ userId }) => !Object.hasOwn(ended, userId)),
    refusal: v.parse(v.nullable(PlatformWords), row.refusal),
  }
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
  const row = {
    corpId,
    externalUserId: contact.externalUserId,
    profile: v.parse(Profile, contact),
    follows: contact.follows.map((follow) =>
      v.parse(Follow, { ...follow, addedAt: follow.addedAt.toISOString() }),
    ),
    fetchedAt,
  }
  const [saved] = await q
    .insert(contacts)
    .values(row)
    .onConflictDoUpdate({
      target: [contacts.corpId, contacts.externalUserId],
      set: {
        profile: sql`excluded.profile`,
        follows: sql`excluded.follows`,
        lost: sql`coalesce((select jsonb_object_agg(member, since) from jsonb_each(${contacts.lost}) as one(member, since) where not exists (select from jsonb_array_elements(excluded.follows) as relation where relation ->> 'userId' = member and case since ->> 'by' when 'member' then excluded.fetched_at else (relation ->> 'addedAt')::timestamptz end > (since ->> 'at')::timestamptz)), '{}')`,
        refusal: null,
        fetchedAt: sql`excluded.fetched_at`,
      },
      // Nobody asks for minutes, so a time so far ahead came from a wrong clock.
      setWhere: or(
        lte(contacts.fetchedAt, fetchedAt),
        gt(contacts.fetchedAt, new Date(fetchedAt.getTime() + wrongClockMs)),
      ),
    })
    .returning()
  if (saved) return read(saved)
  // A newer answer of another process stays, and counts for us too.
  return (await contactRow(q, corpId, contact.externalUserId)) ?? { ...row, refusal: null }
}

/** Notes that WeCom refused to describe the contact, unless it has described it since `askedAt`. */
export async function noteRefusal(
  q: Queryable,
  { corpId, externalUserId }: { corpId: string; externalUserId: string },
  refusal: PlatformWords,
  askedAt: Date,
): Promise<void> {
  await q
    .update(contacts)
    .set({ refusal })
    .where(
      and(
        eq(contacts.corpId, corpId),
        eq(contacts.externalUserId, externalUserId),
        lte(contacts.fetchedAt, askedAt),
      ),
    )
}

/** Deletes the copy, unless WeCom has described the contact since `askedAt`. */
export async function deleteContact(
  q: Queryable,
  { corpId, externalUserId }: { corpId: string; externalUserId: string },
  askedAt: Date,
): Promise<void> {
  await q
    .delete(contacts)
    .where(
      and(
        eq(contacts.corpId, corpId),
        eq(contacts.externalUserId, externalUserId),
        lte(contacts.fetchedAt, new Date(askedAt.getTime() + wrongClockMs)),
      ),
    )
}

interface Relation {
  corpId: string
  externalUserId: string
  userId: string
}

/**
 * Ends one member's relation, whatever WeCom lists. An answer that was under way cannot bring it
 * back. Returns false when the contact is not stored.
 */
export async function endFollow(q: Queryable, of: Relation, lost: LostBy): Promise<boolean> {
  const { rowCount } = await q
    .update(contacts)
    .set({
      lost: sql`${contacts.lost} || jsonb_build_object(${of.userId}::text, ${JSON.stringify(lost)}::jsonb)`,
    })
    .where(and(eq(contacts.corpId, of.corpId), eq(contacts.externalUserId, of.externalUserId)))
  return (rowCount ?? 0) > 0
}

/** Lets the member's relation count again. */
export async function beginFollow(q: Queryable, of: Relation): Promise<void> {
  await q
    .update(contacts)
    .set({ lost: sql`${contacts.lost} - ${of.userId}::text` })
    .where(and(eq(contacts.corpId, of.corpId), eq(contacts.externalUserId, of.externalUserId)))
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

/** Makes what WeCom said about a member count no more. The name stays. */
export async function outdateMember(q: Queryable, corpId: string, userId: string): Promise<void> {
  await q
    .update(members)
    .set({ fetchedAt: new Date(0) })
    .where(and(eq(members.corpId, corpId), eq(members.userId, userId)))
}

export async function saveMember(
  q: Queryable,
  corpId: string,
  { userId, name, avatarUrl, title }: Omit<WecomMember, 'isActive'>,
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
      setWhere: or(
        lte(members.fetchedAt, fetchedAt),
        gt(members.fetchedAt, new Date(fetchedAt.getTime() + wrongClockMs)),
      ),
    })
}
