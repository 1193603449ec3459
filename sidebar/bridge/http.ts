import axios, { AxiosError } from 'axios'
import { ConnectionError } from '../../shared/client/failures.ts'
import type { Transport } from '../../shared/client/transport.ts'

/** Sends with the session cookie to our own server; `baseURL` is only given by tests. */
export function axiosTransport(baseURL?: string): Transport {
  const http = axios.create({
    ...(baseURL !== undefined && { baseURL }),
    // Every status is an answer; the client reads the problem details.
    validateStatus: () => true,
    transitional: { clarifyTimeoutError: true },
  })
  return async ({ method, path, headers, body, timeoutMs, signal }) => {
    try {
      const reply = await http.request<unknown>({
        method,
        url: path,
        headers,
        ...(body !== undefined && { data: body }),
        timeout: timeoutMs,
        ...(signal && { signal }),
      })
      const retryAfter: unknown = reply.headers['retry-after']
      return {
        status: reply.status,
        body: reply.data,
        ...(typeof retryAfter === 'string' && { retryAfter }),
      }
    } catch (failure) {
      throw connectionError(failure)
    }
  }
}

function connectionError(failure: unknown): ConnectionError {
  if (axios.isCancel(failure)) return new ConnectionError('cancelled', 'the caller gave up')
  if (failure instanceof AxiosError) {
    return new ConnectionError(
      failure.code === AxiosError.ETIMEDOUT ? 'timeout' : 'network',
      failure.message,
    )
  }
  return new ConnectionError('network', String(failure))
}
