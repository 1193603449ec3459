import type { Scenario } from '../../api.ts'

/** The client conditions that the toolbar's menu offers; a developer sees with them what a rep would. */
export const conditions = {
  healthy: {},
  noPermission: { noPermission: true },
  wrongTicket: { wrongTicket: true },
  lateBridge: { lateBridge: true },
  cancelSend: { cancelSend: true },
  oldClient: { clientVersion: '2.8.0' },
} as const satisfies Record<string, Scenario>

export type Condition = keyof typeof conditions

export const conditionNames = Object.keys(conditions) as Condition[]

/** `?client=wrongTicket` in the desk's address starts with that condition. */
export function conditionOf(search: string): Condition {
  const wanted = new URLSearchParams(search).get('client')
  return conditionNames.find((name) => name === wanted) ?? 'healthy'
}
