import type { Logger } from 'pino'
import type * as v from 'valibot'
import type { PlatformApi, PlatformRequest } from './platform-api.ts'
import { isErrcode } from './platform-error.ts'
import type { TokenSource, TokenStore } from './platform-tokens.ts'

export type TokenCall = <S extends v.GenericSchema>(
  schema: S,
  request: PlatformRequest,
) => Promise<v.InferOutput<S>>

/**
 * Sends calls that carry an access token. The platform may end a token early; "developers must
 * implement fetching it anew" (WW-91039). Then the token is dropped, fetched once, and the call is
 * sent once more.
 */
export function callWithToken(
  api: PlatformApi,
  tokens: TokenStore,
  source: TokenSource,
  { dead, log }: { dead: readonly number[]; log: Logger },
): TokenCall {
  return async (schema, request) => {
    const send = (token: string) =>
      api.call(schema, { ...request, query: { ...request.query, access_token: token } })
    const first = await tokens.get(source)
    try {
      return await send(first.value)
    } catch (error) {
      if (!isErrcode(error, ...dead)) throw error
      log.warn(
        { errcode: error.errcode, path: request.path },
        'the platform ended an access token early; fetching another',
      )
      await tokens.drop(source.key, first.value)
      return send((await tokens.get(source)).value)
    }
  }
}
