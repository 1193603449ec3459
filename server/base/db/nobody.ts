/**
 * Stands where the identity of somebody who was erased stood, in rows that outlive them (a work
 * order's number, a count of readers). No identity has this id.
 */
export const nobody = '00000000-0000-0000-0000-000000000000'
