import type { Scene } from '../../scenes/scene.ts'

/** What an account has allowed a third-party platform. */
export interface Authorization {
  component: string
  appid: string
  refreshToken: string
  /** Permission sets (权限集), as in func_info. */
  sets: number[]
  /** Seconds. */
  authTime: number
}

/** Plain data only: it is copied by snapshots. */
export interface OpenState {
  authorizations: Authorization[]
}

export function createOpen(_scene: Scene): OpenState {
  return { authorizations: [] }
}
