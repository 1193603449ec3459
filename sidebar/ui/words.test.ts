import { afterEach, beforeEach, expect, it } from 'vitest'
import { browserAgent, pretend, wecomAgent } from '../testing/fake-client.ts'
import { openSidebar } from '../testing/open.ts'
import { aWorld } from '../testing/world.ts'
import { chooseLocale, preferredLocale, switchLocale, useLocale } from './words.ts'

const before = { userAgent: navigator.userAgent, language: navigator.language }
const speak = (language: string) =>
  Object.defineProperty(navigator, 'language', { value: language, configurable: true })

/** As the client would be opened: its user agent and the browser's language. */
async function open(userAgent: string, language: string) {
  pretend(userAgent)
  speak(language)
  await chooseLocale(preferredLocale())
  return useLocale().value
}

beforeEach(() => localStorage.clear())
afterEach(async () => {
  pretend(before.userAgent)
  speak(before.language)
  await chooseLocale('zh-CN')
})

const mac = 'Mozilla/5.0 (Macintosh) wxwork/4.1.36 (MicroMessenger/6.2)'

it.each([
  ['WeCom for Mac, in Chinese', `${mac} Language/zh`, 'en-US', 'zh-CN'],
  ['WeCom for Mac, in traditional Chinese', `${mac} Language/zh_TW`, 'en-US', 'zh-CN'],
  ['WeCom for Mac, in English', `${mac} Language/en ColorScheme/Dark`, 'zh-CN', 'en'],
  ['WeCom for Windows, in Chinese', wecomAgent, 'zh-CN', 'zh-CN'],
  ['WeCom for Windows, in English', wecomAgent, 'en-GB', 'en'],
  ['a browser', browserAgent, 'zh-TW', 'zh-CN'],
])('the sidebar speaks as its host, or else as the browser: %s', async (_host, agent, ...told) => {
  expect(await open(agent, told[0])).toBe(told[1])
})

it('a choice is kept until the browser is turned to another language, and never beats the host', async () => {
  expect(await open(wecomAgent, 'zh-CN')).toBe('zh-CN')
  await switchLocale()
  expect(await open(wecomAgent, 'zh-CN')).toBe('en')
  expect(await open(`${mac} Language/zh`, 'zh-CN')).toBe('zh-CN')
  expect(await open(wecomAgent, 'en-US')).toBe('en')
  await switchLocale()
  expect(await open(wecomAgent, 'en-US')).toBe('zh-CN')
  expect(await open(wecomAgent, 'zh-CN')).toBe('zh-CN')
})

it.each([
  ['WeCom tells its language, and has the switch', `${mac} Language/zh`, 0],
  ['WeCom for Windows tells none', wecomAgent, 1],
  ['a browser is no host', browserAgent, 1],
])(
  'a switch of the sidebar’s own stands where the rep needs it: %s',
  async (_why, agent, count) => {
    await open(agent, 'zh-CN')
    const { app } = await openSidebar(aWorld())
    expect(app.findAll('button[aria-label^="切换到英文"]')).toHaveLength(count)
    app.unmount()
  },
)
