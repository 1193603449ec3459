import type { Context } from '../../base/context.ts'
import { PlatformError } from '../../platforms/platform-error.ts'
import { findConnection } from '../../connections/index.ts'
import { asking } from '../quiet.ts'
import { memberRows, saveMember } from '../store.ts'

/** A colleague's name hardly ever changes. */
const freshMs = 24 * 60 * 60_000
/**
 * How long WeCom is not asked after a refusal or silence, so that a list of names cannot become a
 * storm of calls.
 */
const quietMs = 60_000

export interface MemberOf {
  corpId: string
  userId: string
}

/**
 * Returns the name of a member: the one that WeCom gives, which may be the user id, or the user id
 * when WeCom gives none. It never throws because of WeCom.
 */
export async function memberName(ctx: Context, { corpId, userId }: MemberOf): Promise<string> {
  return (await memberNames(ctx, corpId, [userId])).get(userId) ?? userId
}

/** Returns the names of several members; every id has one. */
export async function memberNames(
  ctx: Context,
  corpId: string,
  userIds: readonly string[],
): Promise<Map<string, string>> {
  const rows = await memberRows(ctx.db, corpId, userIds)
  const names = await Promise.all(
    [...new Set(userIds)].map(async (userId): Promise<[string, string]> => {
      const row = rows.get(userId)
      const isFresh =
        row !== undefined && ctx.clock.now().getTime() - row.fetchedAt.getTime() < freshMs
      return [
        userId,
        isFresh ? row.name : ((await askName(ctx, corpId, userId)) ?? row?.name ?? userId),
      ]
    }),
  )
  return new Map(names)
}

async function askName(ctx: Context, corpId: string, userId: string): Promise<string | null> {
  // A corp may have a mini program and no app yet: then nobody can be asked.
  const app = findConnection(ctx, 'wecom_app', { corpId })
  if (!app) return null
  const { members: silences } = ctx.memory.get(asking)
  const key = `${corpId}/${userId}`
  const now = ctx.clock.now()
  if (silences.holds(key, now.getTime())) return null
  try {
    const member = await app.client.getUser(userId)
    await saveMember(ctx.db, corpId, member, now)
    silences.end(key)
    return member.name
  } catch (error) {
    if (!(error instanceof PlatformError)) throw error
    ctx.log.warn({ err: error, userId }, 'WeCom did not give the name of a member')
    silences.begin(key, now.getTime() + quietMs, error)
    return null
  }
}

/** Returns name and picture for the member's own session. It never throws because of WeCom. */
export async function memberProfile(
  ctx: Context,
  { corpId, userId }: MemberOf,
): Promise<{ name: string; avatarUrl: string | null }> {
  const name = await memberName(ctx, { corpId, userId })
  return {
    name,
    avatarUrl: (await memberRows(ctx.db, corpId, [userId])).get(userId)?.avatarUrl ?? null,
  }
}
