import { fileURLToPath } from 'node:url'
import type { Bundle } from '#sandbox/runtime/core/bundle'
import { readBundle } from '#sandbox/runtime/node/read-bundle'

const read = await readBundle(
  fileURLToPath(new URL('../../dist/build/mp-weixin/', import.meta.url)),
)

/**
 * The shipped mini program, read once for all tests. A missing bundle is an error and never skips a
 * test.
 */
export function shippedBundle(): Bundle {
  if (read) return read
  throw new Error(
    'dist/build/mp-weixin is missing. These tests run what is shipped: build it first with `node scripts/lib/uni.mjs build -p mp-weixin`.',
  )
}
