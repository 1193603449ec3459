import { makeCall } from '../../shared/client/call.ts'
import { getSettings } from '../../shared/contract/session.ts'
import { corpOfAddress } from './h5-sign-in.ts'
import { isH5 } from './platform.ts'
import { authorize, renew } from './session.ts'
import { transport } from './transport.ts'

/**
 * Every call of the mini program: typed by the contract, signed in on the way, once more after an
 * expired token.
 */
export const call = makeCall({ transport, authorize, renew })

let settings: ReturnType<typeof askSettings> | undefined

function askSettings() {
  const corp = isH5 ? corpOfAddress() : undefined
  const appId = isH5 ? undefined : uni.getAccountInfoSync().miniProgram.appId
  return call(getSettings, { query: { ...(corp && { corp }), ...(appId && { appId }) } })
}

/** Asked once; a failure is forgotten, so that the next page asks again. */
export function loadSettings() {
  settings ??= askSettings().catch((failure: unknown) => {
    settings = undefined
    throw failure
  })
  return settings
}
