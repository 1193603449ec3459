import { findEquipment } from '../../shared/contract/workorders.ts'
import type { ApiRouter } from '../base/http/api-router.ts'
import { serve } from '../base/http/serve.ts'
import { fail } from '../base/problem.ts'
import { equipmentBySn } from './store.ts'

export function equipmentRoutes(router: ApiRouter): void {
  serve(router, findEquipment, async ({ query, session }, ctx) => {
    const machine = await equipmentBySn(ctx.db, session.corpId, query.sn)
    if (!machine) fail('equipment_unknown', `No machine has the serial number ${query.sn}`)
    return machine
  })
}
