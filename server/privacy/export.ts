import type { PersonalData } from '../../shared/contract/privacy.ts'
import type { Context } from '../base/context.ts'
import { personalContacts } from '../contacts/index.ts'
import { personalPhotos } from '../files/index.ts'
import { identitiesOfPerson, personalIdentities } from '../identity/index.ts'
import { personalShares } from '../materials/index.ts'
import { personalEvents, personalMoments } from '../timeline/index.ts'
import { personalWorkorders } from '../workorders/index.ts'
import { consentsOf } from './store.ts'

type Section = Exclude<keyof PersonalData, 'exportedAt' | 'personId'>

/**
 * Everything that is kept about a person, as the text of one `PersonalData` document, in pieces: a
 * history of years must not fit into memory. `onPage` hears how many rows of which section went
 * out.
 */
export async function* exportPerson(
  ctx: Context,
  { corpId, personId }: { corpId: string; personId: string },
  onPage: (section: Section, rows: number) => void = () => undefined,
): AsyncGenerator<string> {
  const rows = await identitiesOfPerson(ctx.db, personId)
  const ids = rows.map(({ id }) => id)
  const externalUserIds = rows.flatMap(({ kind, value }) =>
    kind === 'external_userid' ? value : [],
  )
  const { identities, evidence } = await personalIdentities(ctx.db, ids)
  const sections: Record<Section, () => AsyncIterable<readonly object[]>> = {
    identities: () => onePage(identities),
    evidence: () => onePage(evidence),
    contacts: () => onePage(personalContacts(ctx.db, corpId, externalUserIds)),
    consents: () => onePage(consentsOf(ctx.db, ids)),
    shares: () => onePage(personalShares(ctx.db, ids)),
    workorders: () => onePage(personalWorkorders(ctx, ids)),
    photos: () => onePage(personalPhotos(ctx, ids)),
    moments: () => personalMoments(ctx, ids),
    events: () => personalEvents(ctx, ids),
  }
  yield JSON.stringify({ exportedAt: ctx.clock.now().toISOString(), personId }).slice(0, -1)
  for (const [section, pages] of Object.entries(sections) as [
    Section,
    () => AsyncIterable<readonly object[]>,
  ][]) {
    yield `,${JSON.stringify(section)}:[`
    let separator = ''
    for await (const page of pages()) {
      if (page.length === 0) continue
      yield separator + page.map((row) => JSON.stringify(row)).join(',')
      separator = ','
      onPage(section, page.length)
    }
    yield ']'
  }
  yield '}\n'
}

async function* onePage(
  rows: readonly object[] | Promise<readonly object[]>,
): AsyncGenerator<readonly object[]> {
  yield await rows
}
