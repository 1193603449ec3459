import { getCard, putCard } from '../../shared/contract/cards.ts'
import { getContact, type Contact } from '../../shared/contract/contacts.ts'
import type { Context } from '../base/context.ts'
import type { ApiRouter } from '../base/http/api-router.ts'
import { fail } from '../base/problem.ts'
import { serve } from '../base/http/serve.ts'
import type { MemberSubject } from '../base/http/session/sessions.ts'
import { contactSeen, shownIdentities } from '../identity/index.ts'
import { mayRead } from '../persons/index.ts'
import { cardOf, chooseCard } from './members/card.ts'
import { followedContact } from './follows.ts'
import { memberNames } from './members/names.ts'

/** How many followers a rep sees. A contact of a large corp may have hundreds of them. */
const mostFollowers = 20

export function contactRoutes(router: ApiRouter): void {
  serve(
    router,
    getContact,
    ({ params, session }, ctx) => present(ctx, session, params.externalUserId),
    { compress: true },
  )

  serve(router, getCard, ({ session: { corpId, userId } }, ctx) => cardOf(ctx, { corpId, userId }))

  serve(router, putCard, async ({ body, session: { corpId, userId } }, ctx) => {
    await chooseCard(ctx, { corpId, userId }, body)
    return cardOf(ctx, { corpId, userId })
  })
}

async function present(
  ctx: Context,
  { corpId, userId }: MemberSubject,
  externalUserId: string,
): Promise<Contact> {
  const contact = await followedContact(ctx, { corpId, userId, externalUserId })
  const own = contact?.follows.find((follow) => follow.userId === userId)
  if (!contact || !own) fail('contact_not_followed')
  const others = contact.follows
    .flatMap((follow) => (follow.userId === userId ? [] : follow.userId))
    .slice(0, mostFollowers)
  const notedPhones = contact.follows.flatMap(({ phones }) => phones)
  const [{ personId }, names] = await Promise.all([
    contactSeen(ctx, { corpId, externalUserId, notedPhones }),
    memberNames(ctx, corpId, others),
  ])
  // A colleague may have joined this customer with one whom this member does not follow.
  const readable = await mayRead(ctx, { corpId, userId, personId })
  return {
    externalUserId,
    personId,
    ...contact.profile,
    corpName: contact.profile.corpName ?? own.remarkCorpName,
    follow: own,
    followers: others.map((id) => ({ userId: id, name: names.get(id) ?? id })),
    identities: await shownIdentities(ctx, personId, readable.identityIds),
    fetchedAt: contact.fetchedAt.toISOString(),
    stale: contact.stale,
  }
}
