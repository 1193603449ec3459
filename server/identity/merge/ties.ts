import type { Queryable } from '../../base/db/database.ts'
import { contradiction } from '../evidence/contradiction.ts'
import { type Repeated, tiesAmong } from '../evidence/store.ts'
import { identitiesOfPersons, identityById, type IdentityRow, mergesBelow } from '../store.ts'
import type { MergeRow } from '../store.ts'
import type { Attachment } from './replay.ts'

/** What holds the identities of one person together. */
export interface Ties {
  identities: IdentityRow[]
  attachments: Attachment[]
  /** The valid ones, oldest first. */
  merges: MergeRow[]
  /** Evidence that came when the two were one person already, oldest first. */
  repeated: Repeated[]
}

export async function tiesOf(q: Queryable, personId: string): Promise<Ties> {
  const identities = await identitiesOfPersons(q, [personId])
  // Most visitors have one identity, and nothing holds it.
  if (identities.length < 2) return { identities, attachments: [], merges: [], repeated: [] }
  const ids = identities.map(({ id }) => id)
  return { identities, merges: await mergesBelow(q, personId), ...(await tiesAmong(q, ids)) }
}

/** Identities in groups; each is in exactly one. */
export class Groups {
  readonly #groups: Map<string, IdentityRow[]>

  constructor(identities: readonly IdentityRow[]) {
    this.#groups = new Map(identities.map((row) => [row.id, [row]]))
  }

  /** Returns the group of an identity, itself included. Empty for one that is not known here. */
  with(id: string): readonly IdentityRow[] {
    return this.#groups.get(id) ?? []
  }

  all(): (readonly IdentityRow[])[] {
    return [...new Set(this.#groups.values())]
  }

  unite(one: string, other: string): void {
    const [left, right] = [this.#groups.get(one), this.#groups.get(other)]
    if (!left || !right || left === right) return
    const both = [...left, ...right]
    for (const { id } of both) this.#groups.set(id, both)
  }
}

/**
 * Returns the groups that the customers' own evidence makes: the same unionid, WeCom's conversion,
 * a number that they proved. What members said does not count. `beside: 'numbers'` leaves out what
 * only a number holds together.
 */
export function ownGroups(ties: Ties, beside?: 'numbers'): Groups {
  const groups = new Groups(ties.identities)
  for (const { identityId, ownerId } of ties.attachments) groups.unite(identityId, ownerId)
  uniteBornTogether(groups, ties)
  const counts = (kind: string) => beside === undefined || kind !== 'verified_phone'
  for (const { evidence } of ties.merges)
    if (evidence.by !== 'by_hand' && counts(evidence.by)) groups.unite(...evidence.between)
  for (const { pair, kind } of ties.repeated) {
    const [left, right] = pair.map((id) => groups.with(id))
    // A member has joined them over this contradiction, and that does not make it go away.
    if (counts(kind) && left && right && !contradiction(left, right, kind))
      groups.unite(pair[0], pair[1])
  }
  return groups
}

/**
 * Returns the parts of a person, as members read them. A part is what evidence holds together, and
 * visitors whom a member joined to it. A join by hand over two contacts makes no part: their
 * followers are other people, and each reads as before (decision 0025).
 */
export function partsOf(ties: Ties): Groups {
  const groups = ownGroups(ties)
  const isContact = (id: string) => groups.with(id).some(({ kind }) => kind === 'external_userid')
  for (const { evidence } of ties.merges) {
    const [one, other] = evidence.between
    if (evidence.by === 'by_hand' && !(isContact(one) && isContact(other))) groups.unite(one, other)
  }
  return groups
}

/** Returns the groups that everything but numbers makes. */
export function groupsBesideNumbers(ties: Ties): Groups {
  const groups = ownGroups(ties, 'numbers')
  for (const { evidence } of ties.merges)
    if (evidence.by === 'by_hand') groups.unite(...evidence.between)
  return groups
}

/** Identities without a log of how they came, but of one first person, came together. */
function uniteBornTogether(groups: Groups, { identities, attachments, merges }: Ties): void {
  const attached = new Set(attachments.map(({ identityId }) => identityId))
  const first = new Map<string, string>()
  for (const row of identities) {
    if (attached.has(row.id)) continue
    const home = homeOf(row, merges)
    const other = first.get(home)
    if (other === undefined) first.set(home, row.id)
    else groups.unite(other, row.id)
  }
}

/** Returns the person of an identity before its first move. The merges are oldest first. */
export function homeOf({ id, personId }: IdentityRow, merges: readonly MergeRow[]): string {
  return merges.find(({ identityIds }) => identityIds.includes(id))?.mergedPersonId ?? personId
}

/**
 * Returns the identities that the customer's own evidence joins to this one, itself included,
 * unmasked. A customer reads, exports and erases exactly these, whatever members said. Empty when
 * it was erased.
 */
export async function ownIdentities(q: Queryable, identityId: string): Promise<IdentityRow[]> {
  const own = await identityById(q, identityId)
  return own ? [...ownGroups(await tiesOf(q, own.personId)).with(identityId)] : []
}
