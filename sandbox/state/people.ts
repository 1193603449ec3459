import type { SceneCustomer } from '../scenes/scene.ts'
import type { Memory } from './memory.ts'

/** The ids that name exactly one customer. */
type Key = 'id' | 'externalUserId' | 'unionid' | 'miniprogramOpenid' | 'officialOpenid'
const keys: Key[] = ['id', 'externalUserId', 'unionid', 'miniprogramOpenid', 'officialOpenid']

interface Index {
  /** A reset or a restored snapshot brings another list. */
  list: SceneCustomer[] | null
  /** How many of the list are in the maps; customers are only ever added at its end. */
  seen: number
  maps: Record<Key, Map<string, SceneCustomer>>
}

/** One of 10,000 customers without looking at the others. Their ids never change. */
export function findBy(
  { customers, memory }: { customers: SceneCustomer[]; memory: Memory },
  key: Key,
  value: string,
): SceneCustomer | undefined {
  if (value === '') return undefined
  const index = memory.of(emptyIndex)
  if (index.list !== customers || index.seen > customers.length)
    Object.assign(index, emptyIndex(), { list: customers })
  for (const customer of customers.slice(index.seen)) {
    for (const one of keys) if (customer[one] !== '') index.maps[one].set(customer[one], customer)
  }
  index.seen = customers.length
  return index.maps[key].get(value)
}

function emptyIndex(): Index {
  return {
    list: null,
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
