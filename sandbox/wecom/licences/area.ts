import type { Area, Table } from '../../platform/area.ts'
import type { World } from '../../state/world.ts'
import { accountMethods } from './accounts.ts'
import { licenceHappenings } from './happenings.ts'
import { licenceInfoMethods } from './info.ts'
import { licenceLedger } from './ledger.ts'
import { trialOf } from './licensed.ts'
import { orderMethods } from './orders.ts'
import { transferMethods } from './transfer.ts'
import { statusOf } from './wire.ts'

export const licences: Area = {
  service: 'wecom',
  title: '接口许可',
  methods: [...orderMethods, ...accountMethods, ...licenceInfoMethods, ...transferMethods],
  happenings: licenceHappenings,
  ledger: licenceLedger,
  tables: licenceTables,
}

const shown = 200

function licenceTables(world: World): Table[] {
  const { orders, licences: all, trials } = world.licences
  const dayOf = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString())
  return [
    {
      title: '试用',
      columns: ['suite', 'ends'],
      rows: Object.keys(trials).map((suiteId) => [
        suiteId,
        dayOf(trialOf(world, suiteId)?.end ?? null),
      ]),
    },
    {
      title: '订单',
      columns: ['order_id', 'status', 'base', 'contact', 'days', 'created'],
      rows: orders
        .slice(-shown)
        .reverse()
        .map((one) => [
          one.id,
          one.status,
          one.baseCount,
          one.contactCount,
          one.days,
          dayOf(one.createdAt),
        ]),
      total: orders.length,
    },
    {
      title: '账号',
      columns: ['active_code', 'kind', 'status', 'member', 'expires', 'merged into'],
      rows: all
        .slice(-shown)
        .reverse()
        .map((one) => [
          one.code,
          one.kind,
          statusOf(world, one),
          one.memberId,
          dayOf(one.expiresAt),
          one.mergedInto,
        ]),
      total: all.length,
    },
  ]
}
