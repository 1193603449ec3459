import { PersonalData } from '../../shared/contract/privacy.ts'
import type { Context } from '../base/context.ts'
import { domains, type Pages, type Section, type Who } from '../domain.ts'
import { ownIdentities } from '../identity/index.ts'

/** Shorter values name nobody. Texts contain them everywhere. */
export const shortestValue = 6

const sections = (Object.keys(PersonalData.entries) as (keyof PersonalData)[]).filter(
  (name): name is Section => name !== 'exportedAt' && name !== 'personId',
)

/**
 * Yields everything that is stored about a person as the customer's own (not of people whom members
 * joined with them), as the text of one `PersonalData` document. It
 * comes in pieces, because a history of years must not fill the memory. `onPage` hears how many
 * rows of a section went out.
 */
export async function* exportPerson(
  ctx: Context,
  { corpId, personId, identityId }: { corpId: string; personId: string; identityId: string },
  onPage: (section: Section, rows: number) => void = () => undefined,
): AsyncGenerator<string> {
  const rows = await ownIdentities(ctx.db, identityId)
  const identityIds = rows.map(({ id }) => id)
  const externalUserIds = rows.flatMap(({ kind, value }) =>
    kind === 'external_userid' ? value : [],
  )
  const words = [
    ...identityIds,
    ...rows.map(({ value }) => value).filter((value) => value.length >= shortestValue),
  ]
  const who: Who = { corpId, identityIds, externalUserIds, words }
  const brought = ctx.memory.get(domains).map(({ personal }) => personal?.sections)
  yield JSON.stringify({ exportedAt: ctx.clock.now().toISOString(), personId }).slice(0, -1)
  for (const section of sections) {
    const pages = brought.find((own) => own?.[section])?.[section]
    if (!pages) throw new Error(`no domain writes the section ${section}`)
    yield `,${JSON.stringify(section)}:[`
    let separator = ''
    for await (const page of eachPage(pages(ctx, who))) {
      if (page.length === 0) continue
      yield separator + page.map((row) => JSON.stringify(row)).join(',')
      separator = ','
      onPage(section, page.length)
    }
    yield ']'
  }
  yield '}\n'
}

async function* eachPage(pages: Pages): AsyncGenerator<readonly object[]> {
  if (pages instanceof Promise) yield await pages
  else yield* pages
}
