import type { Domain } from '../domain.ts'
import { forgetContacts, personalContacts } from './personal.ts'
import { contactPushes } from './pushes.ts'
import { asking, openAsking } from './quiet.ts'
import { contactRoutes } from './routes.ts'

export const contacts: Domain = {
  name: 'contacts',
  tables: {
    contacts: 'exported and erased',
    members: { nobody: 'employees' },
    member_cards: { nobody: 'employees' },
  },
  memory({ memory }) {
    memory.keep(asking, openAsking())
  },
  routes: contactRoutes,
  pushes: contactPushes,
  personal: {
    sections: {
      async *contacts({ db }, { corpId, externalUserIds }) {
        yield await personalContacts(db, corpId, externalUserIds)
      },
    },
    forget: async (tx, { corpId, externalUserIds }) => ({
      contacts: await forgetContacts(tx, corpId, externalUserIds),
    }),
  },
}
