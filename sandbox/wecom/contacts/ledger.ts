import type { LedgerRow } from '../../api.ts'
import { pushRow, wecomRow } from '../../platform/ledger-row.ts'

type State = LedgerRow['state']
const testFile = (theme: string) => `sandbox/wecom/contacts/${theme}.test.ts`

function row(verb: 'GET' | 'POST', path: string, page: number, theme: string, state: State = 'supported', note = ''): LedgerRow {
  return wecomRow(verb, `/cgi-bin/${path}`, page, testFile(theme), state, note)
}

function notYet(verb: 'GET' | 'POST', path: string, page: number): LedgerRow {
  return wecomRow(verb, `/cgi-bin/${path}`, page, '', 'not yet')
}

function told(event: string, page: number, theme: string, note = ''): LedgerRow {
  return pushRow(event, page, testFile(theme), note === '' ? 'supported' : 'partial', note)
}

/** Everything of 客户联系 and of the conversion of ids. */
const played: LedgerRow[] = [
  row('GET', 'externalcontact/get_follow_user_list', 92571, 'contacts'),
  row('POST', 'externalcontact/close_temp_chat', 92572, 'contact-way'),
  row('GET', 'externalcontact/list', 92113, 'contacts'),
  row('GET', 'externalcontact/get', 92114, 'contacts', 'partial', 'no wechat_channels, no external_profile attributes'),
  row('POST', 'externalcontact/batch/get_by_user', 92994, 'contacts', 'partial', 'no wechat_channels'),
  row('POST', 'externalcontact/remark', 92115, 'contacts', 'partial', 'remark_pic_mediaid is not checked or shown'),
  row('POST', 'externalcontact/mark_tag', 92118, 'tags'),
  row('POST', 'externalcontact/unionid_to_external_userid', 93274, 'conversion'),
  row('POST', 'externalcontact/convert_to_openid', 92323, 'conversion'),
  row('POST', 'externalcontact/opengid_to_chatid', 94822, 'groups'),
  row(
    'POST',
    'externalcontact/add_contact_way',
    92228,
    'contact-way',
    'partial',
    'temporary conversations are not reserved to medical corps',
  ),
  row('POST', 'externalcontact/get_contact_way', 92228, 'contact-way'),
  row('POST', 'externalcontact/list_contact_way', 92228, 'contact-way'),
  row('POST', 'externalcontact/update_contact_way', 92228, 'contact-way'),
  row('POST', 'externalcontact/del_contact_way', 92228, 'contact-way'),
  row('POST', 'externalcontact/get_corp_tag_list', 92117, 'tags'),
  row('POST', 'externalcontact/add_corp_tag', 92117, 'tags'),
  row('POST', 'externalcontact/edit_corp_tag', 92117, 'tags'),
  row('POST', 'externalcontact/del_corp_tag', 92117, 'tags'),
  row('POST', 'externalcontact/groupchat/list', 92120, 'groups', 'partial', 'every chat has status 0: no owner leaves the corp here'),
  row('POST', 'externalcontact/groupchat/get', 92122, 'groups'),
  row('POST', 'externalcontact/groupchat/add_join_way', 92229, 'groups', 'partial', 'no new chat is opened when all are full'),
  row('POST', 'externalcontact/groupchat/get_join_way', 92229, 'groups'),
  row('POST', 'externalcontact/groupchat/update_join_way', 92229, 'groups'),
  row('POST', 'externalcontact/groupchat/del_join_way', 92229, 'groups'),
  row('POST', 'externalcontact/add_msg_template', 92135, 'mass'),
  row('POST', 'externalcontact/get_groupmsg_list_v2', 93338, 'mass', 'partial', 'masses made through the API only'),
  row('POST', 'externalcontact/get_groupmsg_task', 93338, 'mass'),
  row('POST', 'externalcontact/get_groupmsg_send_result', 93338, 'mass'),
  row('POST', 'externalcontact/send_welcome_msg', 92137, 'welcome'),
  row('POST', 'externalcontact/remind_groupmsg_send', 97610, 'mass', 'partial', 'the reminder itself is not shown'),
  row('POST', 'externalcontact/cancel_groupmsg_send', 97611, 'mass'),
  row(
    'POST',
    'externalcontact/group_welcome_template/add',
    92366,
    'groups',
    'partial',
    'every group uses the newest template; members choose one in a real client',
  ),
  row('POST', 'externalcontact/group_welcome_template/edit', 92366, 'groups'),
  row('POST', 'externalcontact/group_welcome_template/get', 92366, 'groups'),
  row('POST', 'externalcontact/group_welcome_template/del', 92366, 'groups'),
  row('POST', 'externalcontact/transfer_customer', 92125, 'transfer', 'partial', 'a member’s own limits are not played'),
  row('POST', 'externalcontact/transfer_result', 94088, 'transfer'),
  row(
    'POST',
    'idconvert/unionid_to_external_userid',
    95926,
    'conversion',
    'partial',
    'the quotas of a day and a month are not counted; no 微信客服 sessions',
  ),
  row('POST', 'idconvert/batch/external_userid_to_pending_id', 95926, 'conversion'),
  row(
    'POST',
    'service/externalcontact/unionid_to_external_userid_3rd',
    95327,
    'conversion',
    'partial',
    'the quota of a day is not counted; no parents',
  ),
  row('GET', 'corp/apply_mass_call_ticket', 96250, 'conversion', 'partial', 'how long ago the app was authorized is not checked'),
  row('POST', 'externalcontact/get_unassigned_list', 92124, 'transfer'),
  row('POST', 'externalcontact/resigned/transfer_customer', 94081, 'transfer'),
  row('POST', 'externalcontact/resigned/transfer_result', 94082, 'transfer'),
]

const pushes: LedgerRow[] = [
  told('change_external_contact/add_external_contact', 96361, 'contact-changes'),
  told('change_external_contact/add_half_external_contact', 96361, 'contact-changes'),
  told('change_external_contact/edit_external_contact', 96361, 'contact-changes'),
  told('change_external_contact/del_external_contact', 96361, 'contact-changes'),
  told('change_external_contact/del_follow_user', 96361, 'contact-changes'),
  told('change_external_contact/transfer_fail', 96361, 'contact-changes'),
  told('change_external_contact/msg_audit_approved', 96361, 'contact-changes'),
  told('change_external_chat/create', 96361, 'groups'),
  told('change_external_chat/update', 96361, 'groups'),
  told('change_external_chat/dismiss', 96361, 'groups'),
  told('change_external_tag/create', 96361, 'tags'),
  told('change_external_tag/update', 96361, 'tags'),
  told('change_external_tag/delete', 96361, 'tags'),
  told('change_external_tag/shuffle', 96361, 'tags', 'no rule groups, so no StrategyId'),
]

const missing: LedgerRow[] = [
  notYet('POST', 'externalcontact/get_user_behavior_data', 92132),
  notYet('POST', 'externalcontact/batch_to_external_userid', 92506),
  notYet('POST', 'externalcontact/to_service_external_userid', 95195),
  notYet('POST', 'externalcontact/contact_list', 99434),
  notYet('POST', 'externalcontact/customer_acquisition/list_link', 97297),
  notYet('POST', 'externalcontact/customer_acquisition/get', 97297),
  notYet('POST', 'externalcontact/customer_acquisition/create_link', 97297),
  notYet('POST', 'externalcontact/customer_acquisition/update_link', 97297),
  notYet('POST', 'externalcontact/customer_acquisition/delete_link', 97297),
  notYet('POST', 'externalcontact/customer_acquisition/customer', 97298),
  notYet('POST', 'externalcontact/customer_acquisition_quota', 97375),
  notYet('GET', 'externalcontact/customer_acquisition/statistic', 97375),
  notYet('POST', 'externalcontact/customer_acquisition/get_chat_info', 100130),
  notYet('GET', 'externalcontact/customer_acquisition_app/get_permit', 101146),
  notYet('POST', 'externalcontact/add_intercept_rule', 95097),
  notYet('GET', 'externalcontact/get_intercept_rule_list', 95097),
  notYet('POST', 'externalcontact/get_intercept_rule', 95097),
  notYet('POST', 'externalcontact/update_intercept_rule', 95097),
  notYet('POST', 'externalcontact/del_intercept_rule', 95097),
  notYet('POST', 'externalcontact/groupchat/transfer', 92127),
  notYet('POST', 'externalcontact/groupchat/onjob_transfer', 95703),
  notYet('POST', 'externalcontact/groupchat/statistic', 92133),
  notYet('POST', 'externalcontact/groupchat/statistic_group_by_day', 92133),
  notYet('POST', 'externalcontact/message/send', 91609),
  notYet('POST', 'externalcontact/get_new_external_userid', 95327),
  notYet('POST', 'externalcontact/groupchat/get_new_external_userid', 95327),
  notYet('POST', 'externalcontact/get_moment_list', 93333),
  notYet('POST', 'externalcontact/add_moment_task', 95094),
  notYet('POST', 'externalcontact/cancel_moment_task', 97612),
  notYet('POST', 'externalcontact/get_moment_task', 93333),
  notYet('POST', 'externalcontact/get_moment_task_result', 95094),
  notYet('POST', 'externalcontact/get_moment_customer_list', 93333),
  notYet('POST', 'externalcontact/get_moment_send_result', 93333),
  notYet('POST', 'externalcontact/get_moment_comments', 93333),
  notYet('POST', 'externalcontact/update_product_album', 95096),
  notYet('POST', 'externalcontact/delete_product_album', 95096),
  notYet('GET', 'externalcontact/get_subscribe_qr_code', 92320),
  notYet('POST', 'externalcontact/set_subscribe_mode', 92318),
  notYet('GET', 'externalcontact/get_subscribe_mode', 92318),
  notYet('POST', 'externalcontact/get_strategy_tag_list', 94882),
  notYet('POST', 'externalcontact/add_strategy_tag', 94882),
  notYet('POST', 'externalcontact/edit_strategy_tag', 94882),
  notYet('POST', 'externalcontact/del_strategy_tag', 94882),
  notYet('POST', 'idconvert/external_tagid', 95926),
  notYet('POST', 'idconvert/open_kfid', 97064),
  notYet('POST', 'idconvert/convert_tmp_external_userid', 98729),
  notYet('POST', 'corpgroup/unionid_to_external_userid', 95818),
  notYet('POST', 'idconvert/apply_to_upgrade_chatid', 99601),
  notYet('POST', 'idconvert/chatid', 99601),
  notYet('POST', 'idconvert/upgrade_chatid_for_new_corp', 99601),
  notYet('POST', 'service/externalcontact/finish_external_userid_migration', 95327),
]

export const contactLedger: LedgerRow[] = [...played, ...pushes, ...missing]
