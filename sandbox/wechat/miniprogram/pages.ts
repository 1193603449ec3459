import type { World } from '../../state/world.ts'

/** Whether a page is in the released version. A leading slash is the caller's matter. */
export function pageExists(world: World, page: string): boolean {
  const program = world.open.programs.find(({ appid }) => appid === world.scene.miniprogram.appid)
  const released = program?.releases.findLast(({ isReverted }) => !isReverted)
  return (released?.version.pages ?? []).includes(page)
}
