import type { SceneCustomer } from '../scenes/scene.ts'

/** The ids that name exactly one customer. */
type Key = 'id' | 'externalUserId' | 'unionid' | 'miniprogramOpenid' | 'officialOpenid'
const keys: Key[] = ['id', 'externalUserId', 'unionid', 'miniprogramOpenid', 'officialOpenid']

interface Index {
  /** How many of the list are in the maps; customers are only ever added at its end. */
  seen: number
  maps: Record<Key, Map<string, SceneCustomer>>
}

/**
 * By the list itself: a reset or a restored snapshot brings another list, and with it another
 * index.
 */
const indexes = new WeakMap<SceneCustomer[], Index>()

/** One of 10,000 customers without looking at the others. Their ids never change. */
export function findBy(
  customers: SceneCustomer[],
  key: Key,
  value: string,
): SceneCustomer | undefined {
  return value === '' ? undefined : indexOf(customers).maps[key].get(value)
}

function indexOf(customers: SceneCustomer[]): Index {
  const known = indexes.get(customers)
  const index = known && known.seen <= customers.length ? known : emptyIndex()
  if (index !== known) indexes.set(customers, index)
  for (const customer of customers.slice(index.seen)) {
    for (const key of keys) if (customer[key] !== '') index.maps[key].set(customer[key], customer)
  }
  index.seen = customers.length
  return index
}

function emptyIndex(): Index {
  return {
    seen: 0,
    maps: {
      id: new Map(),
      externalUserId: new Map(),
      unionid: new Map(),
      miniprogramOpenid: new Map(),
      officialOpenid: new Map(),
    },
  }
}
