import type { Scenario } from '../../api.ts'

/** WeCom for the desk or for the pocket. */
export type Body = 'desktop' | 'mobile'

/**
 * Versions that differ for a page: below 3.0.24 `agentConfig` runs only after `config`
 * (@wecom/jssdk does so), and very old ones lack functions. The first one is today's.
 */
export const versions = ['4.1.36', '3.1.0', '3.0.20', '2.8.0'] as const
export const systems = { desktop: ['windows', 'macos'], mobile: ['ios', 'android'] } as const
/** What can be wrong with the client; a developer sees with them what a rep would. */
export const troubles = ['noPermission', 'wrongTicket', 'lateBridge', 'cancelSend'] as const

type Version = (typeof versions)[number]
export type Trouble = (typeof troubles)[number]

export interface Client {
  body: Body
  version: Version
  systems: { desktop: 'windows' | 'macos'; mobile: 'ios' | 'android' }
  troubles: Trouble[]
}

/**
 * As the desk's address wishes it: `?wecom=mobile`, `?client=wrongTicket` or `?client=oldClient`.
 */
export function clientOf(search: string): Client {
  const wishes = new URLSearchParams(search)
  const trouble = wishes.get('client')
  return {
    body: wishes.get('wecom') === 'mobile' ? 'mobile' : 'desktop',
    version: trouble === 'oldClient' ? '2.8.0' : versions[0],
    systems: { desktop: 'windows', mobile: 'ios' },
    troubles: troubles.filter((one) => one === trouble),
  }
}

/** What the sandbox is told of the client; nothing for a healthy, current client on Windows. */
export function scenarioOf({
  body,
  version,
  systems: chosen,
  troubles: present,
}: Client): Scenario {
  const system = chosen[body]
  return {
    ...(version !== versions[0] && { clientVersion: version }),
    ...(system !== 'windows' && { system }),
    ...Object.fromEntries(present.map((one) => [one, true])),
  }
}
