import { isWeixin } from './platform.ts'

/** A browser page cannot scan without WeChat's signed SDK. */
export const canScan = isWeixin

/** The text of a code; null when the user closed the camera. */
export function scanCode(): Promise<string | null> {
  return new Promise((resolve) => {
    uni.scanCode({ success: ({ result }) => resolve(result), fail: () => resolve(null) })
  })
}
