import type { ErrorCode } from '../../contract/errors.ts'

/** What a person reads when a call fails: what happened and the next step. */
export const errors = {
  invalid_request: '提交的内容有误，请检查后再试。',
  malformed_json: '请求内容无法识别，请刷新页面后再试。',
  unauthenticated: '尚未登录，请重新打开页面登录。',
  session_expired: '登录已过期，请重新打开页面登录。',
  forbidden: '你没有进行此操作的权限，请联系管理员。',
  not_found: '内容不存在，可能已被删除。',
  method_not_allowed: '此操作不被支持，请刷新页面后再试。',
  body_too_large: '内容太大，请缩减后再试。',
  unsupported_media_type: '不支持这种内容格式。',
  too_many_requests: '操作太频繁，请稍等片刻再试。',
  internal: '服务出了点问题，请稍后再试。',
  unavailable: '服务暂时不可用，请稍后再试。',
  idempotency_key_missing: '请求不完整，请刷新页面后再试。',
  idempotency_conflict: '内容已变更，请重新提交。',
  platform_busy: '平台繁忙，请稍后再试。',
  platform_unreachable: '暂时连接不上平台，请稍后再试。',
  platform_refused: '平台拒绝了请求，请把提示转给管理员。',
  platform_quota: '今天的平台调用次数已用完，请稍后再试或联系管理员。',
  code_invalid: '登录凭证已失效，请重新打开页面。',
  host_not_trusted: '当前域名不在可信域名中，请管理员在企业微信后台添加。',
  corp_unknown: '没有找到这家企业，请从企业微信重新进入。',
  state_invalid: '登录链接已使用或已过期，请重新打开页面。',
  member_out_of_range: '你不在应用的可见范围内，请管理员在企业微信后台添加。',
  not_a_member: '你不是这家企业的成员，无法使用。',
  app_unknown: '没有找到对应的小程序或公众号，请联系管理员。',
  contact_unknown: '没有找到这位客户，可能已不是好友。',
  contact_not_followed: '你还没有添加这位客户，无法查看其资料。',
  person_unknown: '没有找到这位客户的记录。',
  material_unknown: '物料不存在或已下架。',
  share_unknown: '分享链接不存在或已失效。',
  workorder_unknown: '没有找到这张工单。',
  workorder_closed: '工单已结束，不能再修改。',
  equipment_unknown: '没有找到这个设备编号，请核对铭牌。',
  file_unknown: '文件不存在或已失效，请重新上传。',
  file_type_refused: '请上传 JPG、PNG 或 WebP 图片。',
  image_too_large: '图片像素太大，请压缩后再上传。',
} satisfies Record<ErrorCode, string>

/** When there is no usable answer at all. */
export const connection = {
  network: '网络连接不上，请检查网络后再试。',
  timeout: '等待太久没有回应，请稍后再试。',
  cancelled: '操作已取消。',
  unexpected_reply: '服务返回了无法识别的内容，请稍后再试。',
}
