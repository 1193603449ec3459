import type { LedgerRow } from '../../api.ts'
import { wechatRow } from '../../platform/ledger-row.ts'

const folder = 'sandbox/wechat/accounts'

export const accountsLedger: LedgerRow[] = [
  wechatRow(
    'GET',
    '/cgi-bin/account/getaccountbasicinfo',
    'oplatform/openApi/OpenApiDoc/miniprogram-management/basic-info-management/getAccountBasicInfo.html',
    '',
    'not yet',
  ),
  wechatRow(
    'GET',
    '/cgi-bin/token',
    'offiaccount/Basic_Information/Get_access_token.html',
    `${folder}/tokens.test.ts`,
  ),
  wechatRow(
    'POST',
    '/cgi-bin/stable_token',
    'offiaccount/Basic_Information/getStableAccessToken.html',
    `${folder}/tokens.test.ts`,
  ),
  wechatRow(
    'GET',
    '/cgi-bin/ticket/getticket',
    'offiaccount/OA_Web_Apps/JS-SDK.html',
    `${folder}/tokens.test.ts`,
    'partial',
    'type=jsapi',
  ),
  wechatRow(
    'GET',
    '/cgi-bin/getcallbackip',
    'offiaccount/Basic_Information/Get_the_WeChat_server_IP_address.html',
    `${folder}/service.test.ts`,
  ),
  wechatRow(
    'GET',
    '/cgi-bin/get_api_domain_ip',
    'offiaccount/Basic_Information/Get_the_WeChat_server_IP_address.html',
    `${folder}/service.test.ts`,
  ),
  wechatRow(
    'POST',
    '/cgi-bin/callback/check',
    'offiaccount/Basic_Information/Network_Detection.html',
    `${folder}/service.test.ts`,
    'partial',
    'always near',
  ),
  wechatRow(
    'POST',
    '/cgi-bin/clear_quota',
    'offiaccount/Message_Management/API_Call_Limits.html',
    `${folder}/service.test.ts`,
  ),
  wechatRow(
    'POST',
    '/cgi-bin/clear_quota/v2',
    'offiaccount/openApi/clearQuotaByAppSecret.html',
    `${folder}/service.test.ts`,
  ),
  wechatRow(
    'POST',
    '/cgi-bin/openapi/quota/get',
    'offiaccount/openApi/get_api_quota.html',
    `${folder}/service.test.ts`,
    'partial',
    'the sandbox’s published daily limits; methods without one say 0',
  ),
  wechatRow(
    'GET',
    '/sns/oauth2/access_token',
    'offiaccount/OA_Web_Apps/Wechat_webpage_authorization.html',
    `${folder}/oauth.test.ts`,
  ),
  wechatRow(
    'GET',
    '/sns/oauth2/refresh_token',
    'offiaccount/OA_Web_Apps/Wechat_webpage_authorization.html',
    `${folder}/oauth.test.ts`,
  ),
  wechatRow(
    'GET',
    '/sns/userinfo',
    'offiaccount/OA_Web_Apps/Wechat_webpage_authorization.html',
    `${folder}/oauth.test.ts`,
  ),
  wechatRow(
    'GET',
    '/sns/auth',
    'offiaccount/OA_Web_Apps/Wechat_webpage_authorization.html',
    `${folder}/oauth.test.ts`,
  ),
]
