import { makeCall } from '../../shared/client/call.ts'
import { getSettings } from '../../shared/contract/session.ts'
import { authorize, renew } from './session.ts'
import { transport } from './transport.ts'

/**
 * Every call of the mini program: typed by the contract, signed in on the way, once more after an
 * expired token.
 */
export const call = makeCall({ transport, authorize, renew })

let settings: ReturnType<typeof askSettings> | undefined

function askSettings() {
  return call(getSettings)
}

/** Asked once; a failure is forgotten, so that the next page asks again. */
export function loadSettings() {
  settings ??= askSettings().catch((failure: unknown) => {
    settings = undefined
    throw failure
  })
  return settings
}
