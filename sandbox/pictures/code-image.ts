import type { World } from '../state/world.ts'

/** The picture of a code, drawn when it is asked for. */
export function codeImage(world: World, text: string): string {
  return `${world.addresses.sandbox}/_sandbox/codes/${Buffer.from(text).toString('base64url')}.png`
}
