import { kept } from '../../base/kept.ts'
import { Problem } from '../../base/problem.ts'

/**
 * How many photos one visitor may send at once. A phone sends three; a second page of the same
 * visitor may send too.
 */
const mostOfVisitor = 6
/** How many photos a process takes at once. Each needs some hundred kilobytes of memory. */
const mostOfProcess = 24
const retryAfter = { headers: { 'Retry-After': '3' } }

/** The uploads that are under way in this process. */
export interface UploadSlots {
  /**
   * Runs `work` as one of them.
   * @throws Problem `too_many_requests`, `unavailable`, both with `Retry-After`
   */
  hold<T>(visitor: string, work: () => Promise<T>): Promise<T>
}

export const uploadSlots = kept<UploadSlots>('uploads under way')

export function openUploadSlots(): UploadSlots {
  const ofVisitors = new Map<string, number>()
  let all = 0

  return {
    async hold(visitor, work) {
      const own = ofVisitors.get(visitor) ?? 0
      if (own >= mostOfVisitor)
        throw new Problem(
          'too_many_requests',
          `Send at most ${mostOfVisitor} photos at once; try again when one is done`,
          retryAfter,
        )
      if (all >= mostOfProcess)
        throw new Problem(
          'unavailable',
          'Very many photos arrive at the moment; try again in some seconds',
          retryAfter,
        )
      all += 1
      ofVisitors.set(visitor, own + 1)
      try {
        return await work()
      } finally {
        all -= 1
        const left = (ofVisitors.get(visitor) ?? 1) - 1
        if (left > 0) ofVisitors.set(visitor, left)
        else ofVisitors.delete(visitor)
      }
    },
  }
}
