import type { LedgerRow } from '../../api.ts'
import { pushRow, wecomRow } from '../../platform/ledger-row.ts'

const test = 'sandbox/wecom/licences/licences.test.ts'
const ruleTest = 'sandbox/wecom/licences/rules.test.ts'
const later = (path: string, page: number, note = '') =>
  wecomRow('POST', path, page, '', 'not yet', note)

export const licenceLedger: LedgerRow[] = [
  wecomRow(
    'POST',
    '/cgi-bin/license/create_new_order',
    95644,
    test,
    'supported',
    'the price is the sandbox’s own',
  ),
  wecomRow('POST', '/cgi-bin/license/list_order', 95647, test),
  wecomRow(
    'POST',
    '/cgi-bin/license/get_order',
    95648,
    test,
    'supported',
    'the price is the sandbox’s own',
  ),
  wecomRow('POST', '/cgi-bin/license/list_order_account', 95649, test),
  wecomRow('POST', '/cgi-bin/license/cancel_order', 96106, test),
  wecomRow('POST', '/cgi-bin/license/active_account', 95553, test),
  wecomRow('POST', '/cgi-bin/license/batch_active_account', 95553, test),
  wecomRow('POST', '/cgi-bin/license/active_account_by_type', 97188, test),
  wecomRow(
    'POST',
    '/cgi-bin/license/get_active_info_by_code',
    95552,
    test,
    'partial',
    'status 4 (待转移) and 6 (shared) never come',
  ),
  wecomRow('POST', '/cgi-bin/license/batch_get_active_info_by_code', 95552, test),
  wecomRow('POST', '/cgi-bin/license/list_actived_account', 95544, test),
  wecomRow('POST', '/cgi-bin/license/get_active_info_by_user', 95555, test),
  wecomRow('POST', '/cgi-bin/license/batch_transfer_license', 95673, ruleTest),
  wecomRow('POST', '/cgi-bin/license/get_app_license_info', 95844, ruleTest),
  wecomRow('POST', '/cgi-bin/license/set_auto_active_status', 95873, ruleTest),
  wecomRow('POST', '/cgi-bin/license/get_auto_active_status', 95874, ruleTest),
  later('/cgi-bin/license/batch_share_active_code', 96059, 'no upstream and downstream corps'),
  later('/cgi-bin/license/create_renew_order_job', 95646),
  later('/cgi-bin/license/submit_order_job', 95646),
  later('/cgi-bin/license/create_new_order_job', 98892, 'one corp only'),
  later('/cgi-bin/license/submit_new_order_job', 98892),
  later('/cgi-bin/license/new_order_job_result', 98892),
  later('/cgi-bin/license/get_union_order', 98893),
  later('/cgi-bin/license/submit_pay_job', 99415, 'paid with the happening licence.pay'),
  later('/cgi-bin/license/pay_job_result', 99415),
  later('/cgi-bin/license/support_policy_query', 96515),
  pushRow('license_pay_success', 95652, test),
  pushRow('license_refund', 95652, test),
  pushRow('auto_activate', 95994, ruleTest),
  pushRow('unlicensed_notify', 95716, ruleTest),
]
