import { isWeixin } from './platform.ts'

/** Whether the platform can scan. A browser page needs WeChat's signed SDK for that. */
export const canScan = isWeixin

/** Returns the text of a code; null when the user closed the camera. */
export function scanCode(): Promise<string | null> {
  return new Promise((resolve) => {
    uni.scanCode({ success: ({ result }) => resolve(result), fail: () => resolve(null) })
  })
}
