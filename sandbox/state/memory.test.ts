import { expect, it } from 'vitest'
import { createWorld, setScene } from '../platform/create-world.ts'
import { contactsOf } from '../wecom/contacts/people.ts'
import { findContactChat } from './chats.ts'
import { providerIdsOf } from './ids.ts'
import { restoreSnapshot, takeSnapshot } from './snapshots.ts'
import { findCustomer, type World } from './world.ts'

const addresses = { sandbox: 'http://localhost:1', webview: 'http://localhost:2', upstream: [] }

/** Everything that is found by an index. */
function found(world: World) {
  const customer = findCustomer(world, 'linyue')
  return [
    customer,
    findContactChat(world, 'ZhouXiaolan', 'linyue'),
    contactsOf(world, 'ZhouXiaolan').find((one) => one.customer.id === 'linyue')?.customer,
    customer && providerIdsOf(world).findCustomer(providerIdsOf(world).customer(customer)),
  ]
}

function present(world: World) {
  const customer = world.customers.find(({ id }) => id === 'linyue')
  const isBetween = (id: string) => id === 'linyue' || id === 'ZhouXiaolan'
  const chat = world.conversations.find(
    ({ kind, participants }) => kind === 'contact' && participants.every(({ id }) => isBetween(id)),
  )
  expect(customer).toBeDefined()
  expect(chat).toBeDefined()
  return [customer, chat, customer, customer]
}

function expectPresent(world: World) {
  const wanted = present(world)
  found(world).forEach((one, index) => expect(one).toBe(wanted[index]))
}

it('what is remembered of people and chats is never of a world before', () => {
  const world = createWorld('demo', addresses)
  expectPresent(world)
  const snapshot = takeSnapshot(world)
  setScene(world, 'demo')
  expectPresent(world)
  restoreSnapshot(world, snapshot)
  expectPresent(world)
  setScene(world, 'empty')
  expect(found(world)).toEqual([undefined, undefined, undefined, undefined])
})

it('two worlds of one process remember nothing of each other', () => {
  const [one, other] = [createWorld('demo', addresses), createWorld('demo', addresses)]
  expectPresent(one)
  expectPresent(other)
  expect(findCustomer(one, 'linyue')).not.toBe(findCustomer(other, 'linyue'))
})
