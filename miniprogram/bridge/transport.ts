import { ConnectionError } from '../../shared/client/failures.ts'
import type { Transport } from '../../shared/client/transport.ts'

/**
 * Our own transport over `uni.request`; axios would add 40–59 KB to the package. `uni.request`
 * calls `success` for every HTTP status and parses JSON itself. Other answers stay text.
 */
export const transport: Transport = ({ method, path, headers, body, timeoutMs, signal }) =>
  new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(new ConnectionError('cancelled', path))
      return
    }
    const task = uni.request({
      url: __API_BASE__ + path,
      method,
      header: headers,
      data: body === undefined ? undefined : JSON.stringify(body),
      timeout: timeoutMs,
      success: ({ statusCode, data, header }) =>
        resolve({ status: statusCode, body: data, retryAfter: retryAfterOf(header) }),
      fail: ({ errMsg }: { errMsg?: string }) =>
        reject(new ConnectionError(codeOf(errMsg ?? ''), `${path}: ${errMsg ?? ''}`)),
      complete: () => signal?.removeEventListener('abort', abort),
    })
    signal?.addEventListener('abort', abort)

    function abort(): void {
      task.abort()
    }
  })

/** Each platform writes the names of headers in its own way. */
function retryAfterOf(headers: unknown): string | undefined {
  const found = Object.entries(headers ?? {}).find(([name]) => name.toLowerCase() === 'retry-after')
  return found && String(found[1])
}

/** Clients word their failures differently. They share only these parts. */
function codeOf(errMsg: string): 'timeout' | 'cancelled' | 'network' {
  if (/time.?out/i.test(errMsg)) return 'timeout'
  return /abort/i.test(errMsg) ? 'cancelled' : 'network'
}

/** Returns the address of a picture or file: the server gives paths of its own host. */
export function absolute(url: string): string {
  return /^https?:\/\//.test(url) ? url : __API_BASE__ + url
}
