import type { LedgerRow } from '../../api.ts'
import { pushRow, wecomRow } from '../../platform/ledger-row.ts'

const mediaTest = 'sandbox/wecom/messages/media.test.ts'
const sendTest = 'sandbox/wecom/messages/send.test.ts'
const appTest = 'sandbox/wecom/messages/app.test.ts'
const archiveTest = 'sandbox/wecom/messages/archive.test.ts'

export const messageLedger: LedgerRow[] = [
  wecomRow('POST', '/cgi-bin/media/upload', 90253, mediaTest),
  wecomRow('POST', '/cgi-bin/media/uploadimg', 90256, mediaTest),
  wecomRow(
    'POST',
    '/cgi-bin/media/upload_attachment',
    95098,
    mediaTest,
    'partial',
    'the formats of media/upload, not the stricter ones of moments',
  ),
  wecomRow('GET', '/cgi-bin/media/get', 90254, mediaTest),
  wecomRow(
    'GET',
    '/cgi-bin/media/get/jssdk',
    90255,
    '',
    'not yet',
    'a voice of the JS-SDK in speex',
  ),
  wecomRow('POST', '/cgi-bin/media/upload_by_url', 96219, mediaTest),
  wecomRow('POST', '/cgi-bin/media/get_upload_by_url_result', 96219, mediaTest),
  wecomRow(
    'POST',
    '/cgi-bin/message/send',
    90236,
    sendTest,
    'partial',
    'text, image, voice, video, file, textcard, news, mpnews, markdown, miniprogram_notice, template_card; no tags of members, no id translation, no taskcard, no template_msg',
  ),
  wecomRow('POST', '/cgi-bin/message/recall', 94867, sendTest),
  wecomRow('POST', '/cgi-bin/message/update_template_card', 94888, sendTest),
  wecomRow('POST', '/cgi-bin/menu/create', 90231, appTest),
  wecomRow('GET', '/cgi-bin/menu/get', 90232, appTest),
  wecomRow('GET', '/cgi-bin/menu/delete', 90233, appTest),
  wecomRow('POST', '/cgi-bin/msgaudit/get_permit_user_list', 91614, archiveTest),
  wecomRow('POST', '/cgi-bin/msgaudit/check_single_agree', 91782, archiveTest),
  wecomRow('POST', '/cgi-bin/msgaudit/check_room_agree', 91782, archiveTest),
  wecomRow('POST', '/cgi-bin/msgaudit/groupchat/get', 92951, archiveTest),
  wecomRow('GET', '/cgi-bin/msgaudit/get_robot_info', 91774, archiveTest),
  // An app's messages and events; an official account has some of the same names.
  pushRow('app/text', 90239, appTest),
  pushRow('app/image', 90239, appTest),
  pushRow('app/voice', 90239, appTest),
  pushRow('app/video', 90239, appTest),
  pushRow('app/location', 90239, appTest),
  pushRow('app/link', 90239, appTest),
  pushRow('enter_agent', 90240, appTest),
  pushRow('app/subscribe', 90240, appTest),
  pushRow('app/unsubscribe', 90240, appTest),
  pushRow('app/click', 90240, appTest),
  pushRow('app/view', 90240, appTest),
  pushRow('app/LOCATION', 90240, appTest),
  pushRow('template_card_event', 90240, appTest),
  pushRow('upload_media_job_finish', 96219, mediaTest),
  pushRow('msgaudit_notify', 95039, archiveTest),
]
