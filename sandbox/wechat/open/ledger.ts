import type { LedgerRow } from '../../api.ts'
import { pushRow, wechatRow } from '../../platform/ledger-row.ts'

const folder = 'sandbox/wechat/open'
const api = 'oplatform/openApi/OpenApiDoc'
const guide = 'oplatform/Third-party_Platforms/2.0/api/Before_Develop'

type Verb = 'GET' | 'POST'
const played = (file: string) => (method: Verb, path: string, page: string, note?: string) =>
  wechatRow(
    method,
    path,
    `${api}/${page}.html`,
    `${folder}/${file}.test.ts`,
    note === undefined ? 'supported' : 'partial',
    note ?? '',
  )
const missing = (method: Verb, path: string, page: string, note = '') =>
  wechatRow(method, path, `${api}/${page}.html`, '', 'not yet', note)

const authorization = played('authorization')
const release = played('release')
const settings = played('settings')
const event = (name: string, page: string, file: string, note = '') =>
  pushRow(name, page, `${folder}/${file}.test.ts`, note === '' ? 'supported' : 'partial', note)
const noEvent = (name: string, page: string) => pushRow(name, page, '', 'not yet')

const code = 'miniprogram-management/code-management'
const domains = 'miniprogram-management/domain-management'

export const openLedger: LedgerRow[] = [
  {
    service: 'open',
    method: 'GET',
    path: '/cgi-bin/componentloginpage',
    state: 'partial',
    page: `https://developers.weixin.qq.com/doc/${guide}/Authorization_Process_Technical_Description.html`,
    test: `${folder}/authorization.test.ts`,
    note: 'one chooses on the page, nothing is scanned; no in-app links',
  },
  authorization('POST', '/cgi-bin/component/api_start_push_ticket', 'ticket-token/startPushTicket'),
  authorization(
    'POST',
    '/cgi-bin/component/api_component_token',
    'ticket-token/getComponentAccessToken',
  ),
  authorization('POST', '/cgi-bin/component/api_create_preauthcode', 'ticket-token/getPreAuthCode'),
  authorization(
    'POST',
    '/cgi-bin/component/api_query_auth',
    'ticket-token/getAuthorizerRefreshToken',
  ),
  authorization(
    'POST',
    '/cgi-bin/component/api_authorizer_token',
    'ticket-token/getAuthorizerAccessToken',
  ),
  authorization(
    'POST',
    '/cgi-bin/component/api_get_authorizer_info',
    'authorization-management/getAuthorizerInfo',
    'no pictures, no business data',
  ),
  authorization(
    'POST',
    '/cgi-bin/component/api_get_authorizer_list',
    'authorization-management/getAuthorizerList',
  ),
  authorization(
    'POST',
    '/cgi-bin/component/api_get_authorizer_option',
    'authorization-management/getAuthorizerOptionInfo',
  ),
  authorization(
    'POST',
    '/cgi-bin/component/api_set_authorizer_option',
    'authorization-management/setAuthorizerOptionInfo',
    'kept, without effect',
  ),
  authorization(
    'GET',
    '/sns/component/jscode2session',
    'miniprogram-management/login/thirdpartyCode2Session',
  ),
  wechatRow(
    'GET',
    '/sns/oauth2/component/access_token',
    `${guide}/Official_Accounts/official_account_website_authorization.html`,
    `${folder}/authorization.test.ts`,
    'partial',
    'the authorize page gives codes without component_appid',
  ),
  wechatRow(
    'GET',
    '/sns/oauth2/component/refresh_token',
    `${guide}/Official_Accounts/official_account_website_authorization.html`,
    `${folder}/authorization.test.ts`,
  ),
  release(
    'GET',
    '/wxa/gettemplatedraftlist',
    'thirdparty-management/template-management/getTemplatedRaftList',
  ),
  release('POST', '/wxa/addtotemplate', 'thirdparty-management/template-management/addToTemplate'),
  release(
    'GET',
    '/wxa/gettemplatelist',
    'thirdparty-management/template-management/getTemplateList',
  ),
  release(
    'POST',
    '/wxa/deletetemplate',
    'thirdparty-management/template-management/deleteTemplate',
  ),
  release('POST', '/wxa/commit', `${code}/commit`, 'the phone keeps showing the same bundle'),
  release('GET', '/wxa/get_page', `${code}/getCodePage`),
  release(
    'GET',
    '/wxa/get_category',
    'miniprogram-management/category-management/getAllCategoryName',
    'the same two always',
  ),
  release(
    'GET',
    '/wxa/get_qrcode',
    `${code}/getTrialQRCode`,
    'a PNG; the phone does not open trial versions',
  ),
  release('GET', '/wxa/security/get_code_privacy_info', `${code}/getCodePrivacyInfo`),
  release(
    'POST',
    '/wxa/submit_audit',
    `${code}/submitAudit`,
    'preview_info and ugc_declare are not looked at',
  ),
  release('POST', '/wxa/get_auditstatus', `${code}/getAuditStatus`),
  release('GET', '/wxa/get_latest_auditstatus', `${code}/getLatestAuditStatus`),
  release('GET', '/wxa/undocodeaudit', `${code}/undoAudit`),
  release('GET', '/wxa/queryquota', `${code}/setCodeAuditQuota`),
  release('POST', '/wxa/speedupaudit', `${code}/speedupCodeAudit`),
  release('POST', '/wxa/release', `${code}/release`, 'the phone keeps showing the same bundle'),
  release('GET', '/wxa/revertcoderelease', `${code}/revertCodeRelease`),
  release('POST', '/wxa/grayrelease', `${code}/grayRelease`, 'kept, without effect'),
  release('GET', '/wxa/getgrayreleaseplan', `${code}/getGrayReleasePlan`),
  release('POST', '/wxa/change_visitstatus', `${code}/setVisitStatus`, 'kept, without effect'),
  release('POST', '/wxa/getvisitstatus', `${code}/getVisitStatus`),
  release('POST', '/wxa/getversioninfo', `${code}/getVersionInfo`),
  release(
    'POST',
    '/wxa/bind_tester',
    'miniprogram-management/member-management/bindTester',
    'every WeChat id exists',
  ),
  release('POST', '/wxa/unbind_tester', 'miniprogram-management/member-management/unbindTester'),
  settings(
    'POST',
    '/cgi-bin/component/modify_wxa_server_domain',
    'thirdparty-management/domain-mgnt/modifyThirdpartyServerDomain',
    'no 50 a month',
  ),
  settings(
    'POST',
    '/cgi-bin/component/modify_wxa_jump_domain',
    'thirdparty-management/domain-mgnt/modifyThirdpartyJumpDomain',
    'no 50 a month, no confirm file',
  ),
  settings('POST', '/wxa/modify_domain', `${domains}/modifyServerDomain`, 'no 50 a month'),
  settings(
    'POST',
    '/wxa/modify_domain_directly',
    `${domains}/modifyServerDomainDirectly`,
    'takes effect at once',
  ),
  settings('POST', '/wxa/setwebviewdomain', `${domains}/modifyJumpDomain`),
  settings('POST', '/wxa/setwebviewdomain_directly', `${domains}/modifyJumpDomainDirectly`),
  settings('POST', '/wxa/get_effective_domain', `${domains}/getEffectiveServerDomain`),
  settings(
    'POST',
    '/cgi-bin/component/setprivacysetting',
    'miniprogram-management/privacy-management/setPrivacySetting',
    'kept, without effect',
  ),
  settings(
    'POST',
    '/cgi-bin/component/getprivacysetting',
    'miniprogram-management/privacy-management/getPrivacySetting',
  ),
  settings(
    'POST',
    '/wxa/security/apply_privacy_interface',
    'miniprogram-management/privacy-api-management/applyPrivacyInterface',
  ),
  settings(
    'GET',
    '/wxa/security/get_privacy_interface',
    'miniprogram-management/privacy-api-management/getPrivacyInterface',
  ),
  settings(
    'POST',
    '/cgi-bin/open/create',
    'openplatform-management/createOpenAccount',
    'unionids stay the same',
  ),
  settings(
    'POST',
    '/cgi-bin/open/bind',
    'openplatform-management/bindOpenAccount',
    'unionids stay the same',
  ),
  settings(
    'POST',
    '/cgi-bin/open/unbind',
    'openplatform-management/unbindOpenAccount',
    'unionids stay the same',
  ),
  settings('POST', '/cgi-bin/open/get', 'openplatform-management/getOpenAccount'),
  missing(
    'POST',
    '/cgi-bin/component/fastregisterweapp',
    'register-management/fast-registration-ent/registerMiniprogram',
    'action=create and action=search',
  ),
  missing(
    'POST',
    '/cgi-bin/component/get_domain_confirmfile',
    'thirdparty-management/domain-mgnt/getThirdpartyJumpDomainConfirmFile',
  ),
  missing(
    'POST',
    '/cgi-bin/component/uploadprivacyextfile',
    'miniprogram-management/privacy-management/uploadPrivacySetting',
  ),
  missing('POST', '/cgi-bin/component/clear_quota/v2', 'openapi/clearComponentQuotaByAppSecret'),
  missing(
    'POST',
    '/wxa/security/applysetorderpathinfo',
    'miniprogram-management/basic-info-management/applySetOrderPathInfo',
  ),
  missing(
    'GET',
    '/wxa/security/getorderpathinfo',
    'miniprogram-management/basic-info-management/getOrderPathInfo',
  ),
  event('component_verify_ticket', `${guide}/component_verify_ticket.html`, 'authorization'),
  event('authorized', `${guide}/authorize_event.html`, 'authorization'),
  event('updateauthorized', `${guide}/authorize_event.html`, 'authorization'),
  event('unauthorized', `${guide}/authorize_event.html`, 'authorization'),
  event('weapp_audit_success', `${api}/${code}/submitAudit.html`, 'release'),
  event('weapp_audit_fail', `${api}/${code}/submitAudit.html`, 'release'),
  event('weapp_audit_delay', `${api}/${code}/submitAudit.html`, 'release'),
  event(
    'wxa_privacy_apply',
    `${api}/miniprogram-management/privacy-api-management/applyPrivacyInterface.html`,
    'settings',
  ),
  noEvent(
    'betaapp_verify_event',
    `${api}/register-management/fast-regisration-beta/registerBetaMiniprogram.html`,
  ),
  noEvent(
    'betaapp_verify_apply_event',
    `${api}/register-management/fast-regisration-beta/registerBetaMiniprogram.html`,
  ),
  noEvent(
    'notify_third_fasteregister',
    `${api}/register-management/fast-registration-ent/registerMiniprogram.html`,
  ),
  noEvent(
    'notify_third_fastverifybetaapp',
    `${api}/register-management/fast-regisration-beta/verfifyBetaMiniprogram.html`,
  ),
  noEvent(
    'wxa_appeal_record',
    `${api}/miniprogram-management/record-management/getAppealRecords.html`,
  ),
  noEvent(
    'wxa_category_audit',
    `${api}/miniprogram-management/category-management/addCategory.html`,
  ),
  noEvent(
    'wxa_nickname_audit',
    `${api}/miniprogram-management/basic-info-management/setNickName.html`,
  ),
  noEvent('notify_3rd_wxa_auth', `${api}/miniprogram-management/weapp-auth/secwxaapi_wxaauth.html`),
  noEvent(
    'notify_3rd_wxa_wxverify',
    `${api}/miniprogram-management/weapp-auth/secwxaapi_wxaauth.html`,
  ),
]
