import type { LedgerRow } from './api.ts'
import { areas } from './platform/areas.ts'
import { clientRow, wecomRow } from './platform/ledger-row.ts'

const wecomTest = 'sandbox/wecom/wecom.test.ts'
const clientTest = 'sandbox/webview/jssdk.test.ts'
const phoneTest = 'sandbox/webview/client.test.ts'
const openTest = 'sandbox/webview/authorize.test.ts'

const ww = (method: 'GET' | 'POST', path: string, page: number, state: LedgerRow['state'] = 'supported', note = '') =>
  wecomRow(method, path, page, state === 'not yet' ? '' : wecomTest, state, note)
const client = (path: string, page: number, state: LedgerRow['state'] = 'supported', note = '', test = clientTest) =>
  clientRow(path, page, state === 'not yet' ? '' : test, state, note)

/** Every method of the platforms that our server or pages may want, and how far it is played. `ledger.test.ts` holds it against the routes. */
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
  client('agentConfig', 96909),
  client('preVerifyJSAPI', 90514),
  client('checkJsApi', 90514),
  client('getContext', 93863),
  client('getCurExternalContact', 91799),
  client('getCurExternalChat', 93240),
  client('sendChatMessage', 93239, 'partial', 'text, news, miniprogram; no media ids'),
  client('openUserProfile', 91800),
  client('openDefaultBrowser', 93531),
  client('launchMiniprogram', 93530),
  client('setClipboardData', 93539),
  client('imagePreview', 90517),
  client('closeWindow', 90526),
  client('geoLocation', 90520, 'partial', 'in WeChat only', phoneTest),
  client('hideOptionMenu', 90526, 'partial', 'answered, without effect'),
  client('showOptionMenu', 90526, 'partial', 'answered, without effect'),
  client('hideMenuItems', 90526, 'partial', 'answered, without effect'),
  client('showMenuItems', 90526, 'partial', 'answered, without effect'),
  client('sendAppMessage', 90515, 'partial', 'needs no config here', phoneTest),
  client('updateAppMessageShareData', 90515, 'partial', 'needs no config here', phoneTest),
  client('openEnterpriseChat', 90529, 'not yet'),
  client('selectExternalContact', 91801, 'not yet'),
  client('shareToExternalContact', 94320, 'not yet'),
]
