import { hash } from 'node:crypto'

/**
 * Returns the JS-SDK signature: lower-case hex SHA-1 over four fields in this order, nothing
 * encoded (WW-90506). `url` is the page's address without `#` and what follows; `timestamp` counts
 * seconds.
 */
export function signJsapi({
  ticket,
  nonceStr,
  timestamp,
  url,
}: {
  ticket: string
  nonceStr: string
  timestamp: number
  url: string
}): string {
  return hash(
    'sha1',
    `jsapi_ticket=${ticket}&noncestr=${nonceStr}&timestamp=${timestamp}&url=${url}`,
  )
}
