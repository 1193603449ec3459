import * as v from 'valibot'
import { endpoint } from './endpoint.ts'

const Part = v.object({ status: v.picklist(['up', 'down', 'off']), detail: v.string() })

/**
 * 503 with the same body when a part is down. `platform` is the last known state of WeCom's API;
 * this call never asks it.
 */
export const getHealth = endpoint({
  method: 'GET',
  path: '/api/health',
  auth: 'none',
  summary: 'Is the server able to do its work',
  reply: v.object({
    status: v.picklist(['ok', 'degraded']),
    version: v.string(),
    database: Part,
    platform: Part,
  }),
  errors: [],
})
