import type { Call } from '../api.ts'

/** A call as it came, secrets and all, so that it can be made again. It is never shown. */
export interface Original {
  method: string
  /** With its query. */
  url: string
  contentType: string
  raw: Buffer
}

const most = 200_000
const originals = new WeakMap<Call, Original>()

export function keepOriginal(call: Call, original: Original) {
  if (original.raw.length <= most) originals.set(call, original)
}

/** Undefined for a body that was too large to keep. */
export function originalOf(call: Call): Original | undefined {
  return originals.get(call)
}
