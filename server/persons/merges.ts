import type { Merge } from '../../shared/contract/identity.ts'
import type { Context } from '../base/context.ts'
import type { MemberSubject } from '../base/http/session/sessions.ts'
import { maskedLabel } from '../base/masked.ts'
import { fail } from '../base/problem.ts'
import {
  holderOf,
  identitiesByIds,
  mergeById,
  type MergeRow,
  mergesBelow,
  mergesOf,
  undoMerge,
} from '../identity/index.ts'
import { mayReadOneOf } from './may-read.ts'

/** Returns the merges that made a person, undone ones included. */
export async function mergesAbout(ctx: Context, personId: string): Promise<Merge[]> {
  const parts = (await mergesBelow(ctx.db, personId)).map(({ mergedPersonId }) => mergedPersonId)
  return present(ctx, await mergesOf(ctx.db, [personId, ...parts]))
}

/** @throws Problem `merge_unknown`, `contact_not_followed` */
export async function undoByMember(
  ctx: Context,
  { corpId, userId }: MemberSubject,
  mergeId: string,
): Promise<Merge> {
  const merge = await mergeById(ctx.db, corpId, mergeId)
  if (!merge) fail('merge_unknown')
  const personIds = await Promise.all([
    holderOf(ctx.db, merge.keptPersonId),
    holderOf(ctx.db, merge.mergedPersonId),
  ])
  await mayReadOneOf(ctx, { corpId, userId, personIds })
  await undoMerge(ctx, { corpId, mergeId })
  const undone = await mergeById(ctx.db, corpId, mergeId)
  const [shown] = undone ? await present(ctx, [undone]) : []
  return shown ?? fail('merge_unknown')
}

async function present(ctx: Context, rows: readonly MergeRow[]): Promise<Merge[]> {
  const identities = await identitiesByIds(ctx.db, [
    ...new Set(rows.flatMap(({ identityIds }) => identityIds)),
  ])
  return rows.map(({ id, evidence, createdAt, undoneAt, identityIds }) => ({
    id,
    evidence: evidence.by,
    mergedAt: createdAt.toISOString(),
    undoneAt: undoneAt?.toISOString() ?? null,
    identities: identityIds.flatMap((one) => {
      const row = identities.get(one)
      return row
        ? [
            {
              id: row.id,
              kind: row.kind as Merge['identities'][number]['kind'],
              label: maskedLabel(row.kind, row.value),
            },
          ]
        : []
    }),
  }))
}
