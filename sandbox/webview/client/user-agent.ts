import type { Facts } from './facts.ts'

/**
 * What each real client says of itself. WeCom's phones say `MicroMessenger/7.0.1` whatever WeChat
 * is installed; the Mac's line is put together from the parts that §9.1 of the reference reads.
 */
export function userAgentOf({ device, system, version, language, theme }: Facts): string {
  const scheme = theme === 'dark' ? 'ColorScheme/Dark' : 'ColorScheme/Light'
  const words = device === 'wecom' || language === 'en' ? language : 'zh_CN'
  return agents[device][system](version, { language: words, scheme })
}

const webkit = 'AppleWebKit/605.1.15 (KHTML, like Gecko)'
const iphone = `Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) ${webkit} Mobile/15E148`
const mac = `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${webkit}`
const windows =
  'Mozilla/5.0 (Windows NT 10.0; WOW64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/116.0.0.0 Safari/537.36'
const android =
  'Mozilla/5.0 (Linux; Android 14; 23127PN0CC Build/UKQ1.230804.001; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/130.0.6723.103 Mobile Safari/537.36'

type Agent = (version: string, client: { language: string; scheme: string }) => string

const agents: Record<Facts['device'], Record<Facts['system'], Agent>> = {
  wecom: {
    windows: (version) =>
      `${windows} wxwork/${version} (MicroMessenger/6.2) WindowsWechat MailPlugin_Electron WeMail embeddisk`,
    macos: (version, { language }) =>
      `${mac} wxwork/${version} (MicroMessenger/6.2) Language/${language}`,
    ios: (version, { language, scheme }) =>
      `${iphone} wxwork/${version} MicroMessenger/7.0.1 Language/${language} ${scheme}`,
    android: (version, { language, scheme }) =>
      `${android} wxwork/${version} MicroMessenger/7.0.1 NetType/WIFI Language/${language} Lang/${language} ${scheme}`,
  },
  wechat: {
    windows: (version) => `${windows} MicroMessenger/${version} NetType/WIFI WindowsWechat`,
    macos: (version) => `${mac} MicroMessenger/${version} MacWechat NetType/WIFI`,
    ios: (version, { language }) =>
      `${iphone} MicroMessenger/${version} NetType/WIFI Language/${language}`,
    android: (version, { language }) =>
      `${android} MicroMessenger/${version} WeChat/arm64 Weixin NetType/WIFI Language/${language} ABI/arm64`,
  },
}

/**
 * `navigator.platform`, and how many fingers the screen takes: the SDK holds a Mac with more than
 * two for an iPad.
 */
export const hardware: Record<Facts['system'], { platform: string; maxTouchPoints: number }> = {
  windows: { platform: 'Win32', maxTouchPoints: 0 },
  macos: { platform: 'MacIntel', maxTouchPoints: 0 },
  ios: { platform: 'iPhone', maxTouchPoints: 5 },
  android: { platform: 'Linux armv8l', maxTouchPoints: 5 },
}
