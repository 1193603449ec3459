import type { World } from '../../state/world.ts'

/** Message management, customer service and mass sending of official accounts; customer service and development of mini programs. */
const messageSets = [1, 6, 7, 18, 19]

/** Third-party platforms that get this account's messages and events at their 消息与事件接收 URL. */
export function mayTakeMessages(world: World, appid: string): string[] {
  return world.open.authorizations
    .filter((one) => one.appid === appid && one.sets.some((set) => messageSets.includes(set)))
    .map(({ component }) => component)
}
