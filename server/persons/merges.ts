import type { Merge } from '../../shared/contract/identity.ts'
import type { Context } from '../base/context.ts'
import type { MemberSubject } from '../base/http/session/sessions.ts'
import { maskedLabel } from '../base/masked.ts'
import { fail } from '../base/problem.ts'
import { mergeById, type MergeRow, mergesBelow, mergesOf, undoMerge } from '../identity/index.ts'
import type { Readable } from './may-read.ts'
import { settleableBetween } from './may-settle.ts'

/**
 * Returns the merges that made a person, undone ones included, as far as the member may know both
 * sides.
 */
export async function mergesAbout(
  ctx: Context,
  member: MemberSubject,
  { personId }: Readable,
): Promise<Merge[]> {
  const parts = (await mergesBelow(ctx.db, personId)).map(({ mergedPersonId }) => mergedPersonId)
  const known: Merge[] = []
  for (const merge of await mergesOf(ctx.db, [personId, ...parts]))
    known.push(...(await present(ctx, member, merge)))
  return known
}

/** Parts two, for a member who might have joined them. @throws Problem `merge_unknown` */
export async function undoByMember(
  ctx: Context,
  member: MemberSubject,
  mergeId: string,
): Promise<Merge> {
  const { corpId } = member
  const merge = await mergeById(ctx.db, corpId, mergeId)
  if (!merge || (await present(ctx, member, merge)).length === 0) fail('merge_unknown')
  await undoMerge(ctx, { corpId, mergeId })
  const undone = await mergeById(ctx.db, corpId, mergeId)
  const [shown] = undone ? await present(ctx, member, undone) : []
  return shown ?? fail('merge_unknown')
}

/** Returns nothing when the member may not know both sides, or one of them is gone. */
async function present(ctx: Context, member: MemberSubject, row: MergeRow): Promise<Merge[]> {
  const { id, evidence, createdAt, undoneAt, identityIds } = row
  const { between } = evidence
  const sides = await settleableBetween(ctx, member, { between, isMembersWord: false })
  if (!sides) return []
  // Others may have moved with them: of a part that the member does not read.
  const readable = new Map(sides.flatMap(({ part }) => part.map((one) => [one.id, one])))
  return [
    {
      id,
      evidence: evidence.by,
      mergedAt: createdAt.toISOString(),
      undoneAt: undoneAt?.toISOString() ?? null,
      identities: identityIds.flatMap((moved) => {
        const one = readable.get(moved)
        return one
          ? {
              id: one.id,
              kind: one.kind as Merge['identities'][number]['kind'],
              label: maskedLabel(one.kind, one.value),
            }
          : []
      }),
    },
  ]
}
