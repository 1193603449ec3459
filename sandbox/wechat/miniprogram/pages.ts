import type { World } from '../../state/world.ts'

/** Whether a page is in the released version. A leading slash is the caller's matter. */
export function pageExists(world: World, page: string): boolean {
  return world.scene.wechat.miniprogram.pages.includes(page)
}
