import type { LedgerRow } from './api.ts'
import { areas } from './platform/areas.ts'
import { clientLedger } from './webview/ledger.ts'

const openTest = 'sandbox/webview/authorize.test.ts'

/**
 * Every method of the platforms that our server or pages may want, and how far it is played.
 * `ledger.test.ts` holds it against the routes.
 */
export const ledger: LedgerRow[] = [
  ...areas.flatMap((area) => area.ledger),
  {
    service: 'open',
    method: 'GET',
    path: '/connect/oauth2/authorize',
    state: 'partial',
    page: 'https://developer.work.weixin.qq.com/document/path/91022',
    test: openTest,
    note: 'WeCom and official accounts, every scope; the consent to private fields is given or refused as a whole',
  },
  ...clientLedger,
]
