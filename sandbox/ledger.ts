import type { LedgerRow } from './api.ts'
import { areas } from './platform/areas.ts'
import { clientRow, wechatRow, wecomRow } from './platform/ledger-row.ts'

const wecomTest = 'sandbox/wecom/wecom.test.ts'
const wechatTest = 'sandbox/wechat/wechat.test.ts'
const clientTest = 'sandbox/webview/jssdk.test.ts'
const phoneTest = 'sandbox/webview/client.test.ts'
const openTest = 'sandbox/webview/authorize.test.ts'

const ww = (method: 'GET' | 'POST', path: string, page: number, state: LedgerRow['state'] = 'supported', note = '') =>
  wecomRow(method, path, page, state === 'not yet' ? '' : wecomTest, state, note)
const wx = (method: 'GET' | 'POST', path: string, page: string, state: LedgerRow['state'] = 'supported', note = '') =>
  wechatRow(method, path, page, state === 'not yet' ? '' : wechatTest, state, note)
const client = (path: string, page: number, state: LedgerRow['state'] = 'supported', note = '', test = clientTest) =>
  clientRow(path, page, state === 'not yet' ? '' : test, state, note)

/** Every method of the platforms that our server or pages may want, and how far it is played. `ledger.test.ts` holds it against the routes. */
export const ledger: LedgerRow[] = [
  ...areas.flatMap((area) => area.ledger),
  wx('GET', '/sns/jscode2session', 'miniprogram/dev/OpenApiDoc/user-login/code2Session.html'),
  wx('POST', '/cgi-bin/stable_token', 'offiaccount/Basic_Information/getStableAccessToken.html'),
  wx('GET', '/cgi-bin/token', 'offiaccount/Basic_Information/Get_access_token.html'),
  wx('GET', '/sns/oauth2/access_token', 'offiaccount/OA_Web_Apps/Wechat_webpage_authorization.html', 'partial', 'no snapshot users'),
  wx('GET', '/sns/userinfo', 'offiaccount/OA_Web_Apps/Wechat_webpage_authorization.html'),
  wx('GET', '/cgi-bin/user/info', 'offiaccount/User_Management/Get_users_basic_information_UnionID.html'),
  wx('GET', '/cgi-bin/ticket/getticket', 'offiaccount/OA_Web_Apps/JS-SDK.html', 'partial', 'type=jsapi'),
  wx('POST', '/wxa/business/getuserphonenumber', 'miniprogram/dev/OpenApiDoc/user-info/phone-number/getPhoneNumber.html', 'not yet'),
  wx('POST', '/wxa/getwxacodeunlimit', 'miniprogram/dev/OpenApiDoc/qrcode-link/qr-code/getUnlimitedQRCode.html', 'not yet'),
  wx(
    'POST',
    '/cgi-bin/message/subscribe/send',
    'miniprogram/dev/OpenApiDoc/mp-message-management/subscribe-message/sendMessage.html',
    'not yet',
  ),
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
