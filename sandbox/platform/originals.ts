import type { Call } from '../api.ts'
import type { World } from '../state/world.ts'

/** A call as it came, secrets and all, so that it can be made again. It is never shown. */
export interface Original {
  method: string
  /** With its query. */
  url: string
  contentType: string
  raw: Buffer
}

const most = 200_000

export function keepOriginal({ memory }: World, call: Call, original: Original) {
  if (original.raw.length <= most) memory.of(kept).set(call, original)
}

/** Undefined for a body that was too large to keep. */
export function originalOf({ memory }: World, call: Call): Original | undefined {
  return memory.of(kept).get(call)
}

/** It goes with its call. */
function kept(): WeakMap<Call, Original> {
  return new WeakMap()
}
