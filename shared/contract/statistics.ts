import * as v from 'valibot'
import { endpoint } from './endpoint.ts'
import { Id } from './values.ts'

/** The effect of a material or a share. Every event is counted in the commit that stores it. */
export const Statistics = v.object({
  /** Visits: one opening of the material by one reader. */
  opens: v.number(),
  /** Different persons among the readers, by the present state of identities. */
  people: v.number(),
  /** How often readers handed it on: forwards that somebody else has opened. */
  forwards: v.number(),
  /** Median of the active seconds of a visit, within 5 %; null without a visit. */
  medianSeconds: v.nullable(v.number()),
  /**
   * Visits by how far they got: below 10 %, 20 % … below 100 %, and to the end. Visits of a
   * material without a depth are not counted.
   */
  depth: v.pipe(v.array(v.number()), v.length(11)),
  /**
   * The reader, while there is only one. The name is null unless the reader is a contact whom the
   * calling member follows.
   */
  onlyReader: v.nullable(v.object({ name: v.nullable(v.string()) })),
})
export type Statistics = v.InferOutput<typeof Statistics>

export const materialStatistics = endpoint({
  method: 'GET',
  path: '/api/materials/:id/statistics',
  auth: 'member',
  summary: 'How a material does, over all its shares',
  params: v.strictObject({ id: Id }),
  reply: Statistics,
  errors: ['material_unknown'],
})

export const shareStatistics = endpoint({
  method: 'GET',
  path: '/api/shares/:id/statistics',
  auth: 'member',
  summary: 'How one share of the calling member does, without its forwards',
  params: v.strictObject({ id: Id }),
  reply: Statistics,
  errors: ['share_unknown'],
})

export const Forward = v.object({
  shareId: Id,
  /** Null for the member's own share. */
  parentId: v.nullable(Id),
  /** How often it was handed on before: 0 = the member's own share. */
  forwards: v.number(),
  /**
   * The forwarder: the name of a known contact, otherwise a masked label. Null for the member's own
   * share.
   */
  by: v.nullable(v.string()),
  createdAt: v.string(),
  opens: v.number(),
  people: v.number(),
})
export type Forward = v.InferOutput<typeof Forward>

export const mostForwards = 500

export const forwardTree = endpoint({
  method: 'GET',
  path: '/api/shares/:id/forwards',
  auth: 'member',
  summary: 'How a share of the calling member was handed on, parents before children',
  params: v.strictObject({ id: Id }),
  /**
   * Forwards that nobody else has opened are left out. `complete` is false when there are more than
   * 500 forwards; then only the nearest ones are listed. `rootId` is the push at the root, perhaps
   * the share itself.
   */
  reply: v.object({ items: v.array(Forward), complete: v.boolean(), rootId: Id }),
  errors: ['share_unknown'],
})
