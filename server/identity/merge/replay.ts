import type { Evidence } from '../../../shared/contract/contacts.ts'

export interface ReplayedIdentity {
  id: string
  kind: string
  createdAt: Date
  /** The person that was made with it, or into which it came. */
  home: string
}

/**
 * An identity that came to an existing person, as proof from an identity that was known already. It
 * moves wherever that identity (its owner) moves.
 */
export interface Attachment {
  identityId: string
  ownerId: string
  kind: Evidence
  at: Date
}

export interface ReplayedMerge {
  id: string
  between: readonly [string, string]
  by: Evidence
  createdAt: Date
}

export interface Held {
  personId: string
  joinedBy: Evidence
  joinedAt: Date
}

export interface Replay {
  identities: Map<string, Held>
  /** The two persons of each merge, and the identities that moved. */
  merges: Map<string, { keptPersonId: string; mergedPersonId: string; identityIds: string[] }>
}

interface RankedPerson {
  id: string
  createdAt: Date
}

/**
 * Whether the left of two persons keeps its id. A person with a contact does, because the sidebar
 * knows it; otherwise the older one.
 */
export function keeps(
  left: RankedPerson,
  right: RankedPerson,
  isContact: (personId: string) => boolean,
): boolean {
  const [one, other] = [Number(isContact(right.id)), Number(isContact(left.id))]
  if (one !== other) return one < other
  const older = left.createdAt.getTime() - right.createdAt.getTime()
  return older === 0 ? left.id < right.id : older < 0
}

/**
 * Returns what these merges alone make of these identities, in the order in which they happened. An
 * undo is the same history without one merge. So it restores both sides exactly, even when other
 * merges came later.
 */
export function replay({
  persons,
  identities,
  attachments,
  merges,
}: {
  persons: readonly RankedPerson[]
  identities: readonly ReplayedIdentity[]
  attachments: readonly Attachment[]
  merges: readonly ReplayedMerge[]
}): Replay {
  const attached = new Set(attachments.map(({ identityId }) => identityId))
  const personById = new Map(persons.map((person) => [person.id, person]))
  const kinds = new Map(identities.map(({ id, kind }) => [id, kind]))
  const held = new Map<string, Held>()
  for (const { id, home, createdAt } of identities) {
    if (!attached.has(id))
      held.set(id, { personId: home, joinedBy: 'first_seen', joinedAt: createdAt })
  }
  const done: Replay = { identities: held, merges: new Map() }

  function attach({ identityId, ownerId, kind, at }: Attachment): void {
    const owner = held.get(ownerId)
    if (owner && kinds.has(identityId))
      held.set(identityId, { personId: owner.personId, joinedBy: kind, joinedAt: at })
  }

  function merge({ id, between, by, createdAt }: ReplayedMerge): void {
    const [left, right] = between.map((one) => personById.get(held.get(one)?.personId ?? ''))
    if (!left || !right || left === right) return
    const isContact = (personId: string) =>
      [...held].some(
        ([one, { personId: of }]) => of === personId && kinds.get(one) === 'external_userid',
      )
    const [kept, merged] = keeps(left, right, isContact) ? [left, right] : [right, left]
    const moving = [...held].filter(([, { personId }]) => personId === merged.id)
    for (const [one, { joinedBy }] of moving) {
      held.set(one, {
        personId: kept.id,
        joinedBy: joinedBy === 'first_seen' ? by : joinedBy,
        joinedAt: createdAt,
      })
    }
    done.merges.set(id, {
      keptPersonId: kept.id,
      mergedPersonId: merged.id,
      identityIds: moving.map(([one]) => one),
    })
  }

  const history = [
    ...attachments.map((one) => ({ at: one.at, order: 0, happen: () => attach(one) })),
    ...merges.map((one) => ({ at: one.createdAt, order: 1, happen: () => merge(one) })),
  ]
  for (const { happen } of history.sort(
    (a, b) => a.at.getTime() - b.at.getTime() || a.order - b.order,
  ))
    happen()
  return done
}
