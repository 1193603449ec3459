import { expect, test } from 'vitest'
import { chen, conversation, customer, message, rep, scene } from '../testing/scene.ts'
import { patched } from './patch.ts'

const small = { revision: 2, clock: scene().clock }

test('a patch replaces what it names, in its place, and leaves everything else as the same object', () => {
  const before = scene()
  const changed = conversation({ id: 'c1', messages: [message(rep, '2026-11-21T08:00:00.000Z')] })
  const after = patched(before, {
    type: 'patch',
    state: small,
    customers: [],
    conversations: [changed],
  })
  expect(after.revision).toBe(2)
  expect(after.conversations.map(({ id }) => id)).toEqual(['c1', 'c2'])
  expect(after.conversations[0]).toBe(changed)
  expect(after.conversations[1]).toBe(before.conversations[1])
  expect(after.customers).toBe(before.customers)
  expect(after.members).toBe(before.members)
})

test('a person and a chat that were not there before come last', () => {
  const before = scene()
  const after = patched(before, {
    type: 'patch',
    state: small,
    customers: [customer({ id: 'new' })],
    conversations: [conversation({ id: 'c9', participants: [rep, chen] })],
  })
  expect(after.customers.map(({ id }) => id)).toEqual(['linyue', 'chen', 'new'])
  expect(after.conversations.map(({ id }) => id)).toEqual(['c1', 'c2', 'c9'])
})

test('what changed among the small things is taken over', () => {
  const after = patched(scene(), {
    type: 'patch',
    state: { ...small, trustedHosts: ['elsewhere.example'] },
    customers: [],
    conversations: [],
  })
  expect(after.trustedHosts).toEqual(['elsewhere.example'])
})
