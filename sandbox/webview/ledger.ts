import type { LedgerRow } from '../api.ts'
import { clientRow } from '../platform/ledger-row.ts'

const sdkTest = 'sandbox/webview/jssdk.test.ts'
const systemTest = 'sandbox/webview/systems.test.ts'
const choiceTest = 'sandbox/webview/choices.test.ts'
const classicTest = 'sandbox/conformance/classic-sdk.test.ts'
const phoneTest = 'sandbox/webview/client.test.ts'

const menuOnly = 'answered, without effect'
const hardware = 'needs hardware that the desk has not'

/** The functions of the two clients' bridges, by their wire names (platform.md §9.4). */
export const clientLedger: LedgerRow[] = [
  clientRow('agentConfig', 96909, sdkTest),
  clientRow('preVerifyJSAPI', 90514, sdkTest),
  clientRow('checkJsApi', 90514, sdkTest),
  clientRow(
    'getContext',
    93863,
    sdkTest,
    'partial',
    'no shareTicket; the entries of upstream corps and internal groups are not played',
  ),
  clientRow('getCurExternalContact', 91799, sdkTest),
  clientRow('getCurExternalChat', 93240, sdkTest),
  clientRow(
    'sendChatMessage',
    93239,
    sdkTest,
    'partial',
    'no channels_shop_product; enterChat is without effect',
  ),
  clientRow('selectExternalContact', 91801, choiceTest),
  clientRow('selectEnterpriseContact', 91793, choiceTest, 'partial', 'members, no departments'),
  clientRow('openUserProfile', 91800, sdkTest),
  clientRow(
    'openEnterpriseChat',
    90529,
    choiceTest,
    'partial',
    'chats with customers; the sandbox has none of members only',
  ),
  clientRow('openExistedChatWithMsg', 96939, choiceTest, 'partial', 'customer groups'),
  clientRow('createChatWithMsg', 96912, '', 'not yet', 'the sandbox has no chats of members only'),
  clientRow('shareToExternalContact', 93555, choiceTest),
  clientRow('shareToExternalChat', 93556, choiceTest),
  clientRow(
    'shareToExternalMoments',
    94607,
    choiceTest,
    'partial',
    'what is published is shown nowhere',
  ),
  clientRow('navigateToAddCustomer', 93864, systemTest),
  clientRow('launchMiniprogram', 93530, sdkTest),
  clientRow('previewFile', 90518, systemTest),
  clientRow('imagePreview', 90517, sdkTest),
  clientRow('hideChatAttachmentMenu', 100742, systemTest),
  clientRow('openDefaultBrowser', 93531, sdkTest),
  clientRow('setClipboardData', 93539, sdkTest),
  clientRow('closeWindow', 90526, sdkTest),
  clientRow(
    'scanQRCode',
    90523,
    choiceTest,
    'partial',
    'without needResult the client does nothing with the code',
  ),
  clientRow(
    'geoLocation',
    90520,
    phoneTest,
    'supported',
    'WeCom gives the position of the phone on the desk, without a question',
  ),
  clientRow('hideOptionMenu', 90526, sdkTest, 'partial', menuOnly),
  clientRow('showOptionMenu', 90526, sdkTest, 'partial', menuOnly),
  clientRow('hideMenuItems', 90526, sdkTest, 'partial', menuOnly),
  clientRow('showMenuItems', 90526, sdkTest, 'partial', menuOnly),
  clientRow('hideAllNonBaseMenuItem', 90526, sdkTest, 'partial', menuOnly),
  clientRow('showAllNonBaseMenuItem', 90526, sdkTest, 'partial', menuOnly),
  clientRow('sendAppMessage', 90515, phoneTest, 'partial', 'needs no config here'),
  clientRow('updateAppMessageShareData', 90515, phoneTest, 'partial', 'needs no config here'),
  clientRow(
    'updateTimelineShareData',
    90515,
    classicTest,
    'partial',
    'WeChat only, needs no config here; the phone has no Moments to show it in',
  ),
  clientRow(
    'openLocation',
    100488,
    classicTest,
    'partial',
    'coordinates are checked, no map opens',
  ),
  clientRow(
    'wwapp.initWwOpenData',
    91958,
    classicTest,
    'partial',
    'answered for the classic SDK, which asks on Windows; no `WWOpenData` appears',
  ),
  clientRow('chooseImage', 90517, '', 'not yet', hardware),
  clientRow('uploadImage', 90517, '', 'not yet', hardware),
  clientRow('getLocalImgData', 90517, '', 'not yet', hardware),
  clientRow('selectCorpGroupContact', 96912, '', 'not yet', 'upstream and downstream corps'),
  clientRow(
    'createJSAPIPanel',
    96912,
    '',
    'not yet',
    'an iframe of login.work.weixin.qq.com with a web login of its own',
  ),
]
