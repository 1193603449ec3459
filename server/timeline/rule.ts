/**
 * A rule of another domain about the reader of a page, as a part of the page's own statement. So it
 * costs no round trip.
 */
export interface Rule {
  /** `personId` is a qualified column or a parameter; `values` are parameters, e.g. `$9`. */
  sql(personId: string, values: readonly string[]): string
  readonly values: readonly unknown[]
}

/** Whether the reader may see something: the SQL is a condition. */
export type Permission = Rule

/**
 * Which contacts of a person the reader may see by name: the SQL is a select with one column,
 * `name`, and no row when the name may not be shown.
 */
export type NameRule = Rule

/** Returns the SQL of a rule whose values are the parameters from `$first` on. */
export function ruleSql({ sql, values }: Rule, personId: string, first: number): string {
  return sql(
    personId,
    values.map((_, index) => `$${first + index}`),
  )
}
