export const isWeixin = __PLATFORM__ === 'mp-weixin'
export const isH5 = __PLATFORM__ === 'h5'

/**
 * The surroundings of this program: the mini program, or a page in WeChat, in WeCom, or in another
 * browser.
 */
export type Host = 'miniprogram' | 'wecom-miniprogram' | 'wechat' | 'wecom' | 'browser'

export function currentHost(): Host {
  if (isWeixin) return runsInWecom() ? 'wecom-miniprogram' : 'miniprogram'
  const agent = navigator.userAgent
  // WeCom's agent also contains MicroMessenger, so WeCom is checked first.
  if (/wxwork\//i.test(agent)) return 'wecom'
  return /micromessenger/i.test(agent) ? 'wechat' : 'browser'
}

/** `environment` is "wxwork" in WeCom (WW-92455). */
function runsInWecom(): boolean {
  const info: object = uni.getSystemInfoSync()
  return 'environment' in info && info.environment === 'wxwork'
}

export function systemLanguage(): string {
  return isH5 ? navigator.language : (uni.getSystemInfoSync().language ?? 'zh_CN')
}

export function windowHeight(): number {
  return uni.getSystemInfoSync().windowHeight
}
