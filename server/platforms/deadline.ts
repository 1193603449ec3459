import { Problem } from '../base/problem.ts'

/**
 * Returns what the work returns, if that comes in time. Several calls of a platform, each within
 * its own limit, may take longer together than a person waits. The work itself goes on.
 * @throws Problem `platform_unreachable`
 */
export async function within<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () =>
        reject(
          new Problem(
            'platform_unreachable',
            `The platform was not done within ${milliseconds} ms`,
          ),
        ),
      milliseconds,
    )
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
    // When it is late, nobody waits for its failure any more.
    work.catch(() => undefined)
  }
}
