import { defineStore } from 'pinia'
import { shallowRef } from 'vue'
import { getContact, type Contact } from '../../shared/contract/contacts.ts'
import { useApp } from '../bridge/app.ts'
import { useSession } from '../bridge/session.ts'

export type ContactState =
  { step: 'loading' } | { step: 'failed'; failure: unknown } | { step: 'ready'; contact: Contact }

/** The contact of the chat, kept while the rep moves between the pages. */
export const useContact = defineStore('contact', () => {
  const { call } = useApp()
  const session = useSession()
  const state = shallowRef<ContactState>({ step: 'loading' })

  async function load(): Promise<void> {
    const externalUserId = session.externalUserId
    if (!externalUserId) return
    state.value = { step: 'loading' }
    try {
      const contact = await call(getContact, { params: { externalUserId } })
      session.customerName = contact.name
      state.value = { step: 'ready', contact }
    } catch (failure) {
      state.value = { step: 'failed', failure }
    }
  }

  /**
   * The contact's identities have changed. The shown contact stays until there is a newer one, also
   * after a failure.
   */
  async function refresh(): Promise<void> {
    const externalUserId = session.externalUserId
    if (!externalUserId || state.value.step !== 'ready') return
    const contact = await call(getContact, { params: { externalUserId } }).catch(() => null)
    if (contact && session.externalUserId === externalUserId)
      state.value = { step: 'ready', contact }
  }

  return { state, load, refresh }
})
