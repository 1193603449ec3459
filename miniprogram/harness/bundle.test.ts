import { expect, test } from 'vitest'
import { MiniProgram } from './app.ts'
import { shippedBundle } from './bundle.ts'
import { useCleanPhones } from './clean-phones.ts'
import { Phone } from './phone.ts'
import { makeScene } from './scene.ts'

const phones = useCleanPhones()

test('the main package stays under 300 KB', () => {
  const bytes = [...shippedBundle().files.values()].reduce(
    (sum, text) => sum + Buffer.byteLength(text),
    0,
  )
  expect(bytes).toBeLessThan(300 * 1024)
})

test('the mini program knows no host but its own', () => {
  const hosts = new Set<string>()
  for (const text of shippedBundle().files.values())
    for (const [, host] of text.matchAll(/https?:\/\/([\w.-]+\.[a-z]+)/g)) hosts.add(String(host))
  // The last three are a namespace and pages that error messages name.
  expect(
    [...hosts].filter(
      (host) =>
        !['chatside.example', 'www.w3.org', 'vuejs.org', 'uniapp.dcloud.net.cn'].includes(host),
    ),
  ).toEqual([])
  expect([...shippedBundle().files.values()].join('')).not.toContain('preloadAssets')
})

test('the private interfaces that are declared are those that are used', () => {
  const code = [...shippedBundle().files]
    .filter(([path]) => path.endsWith('.js') && !path.includes('vendor'))
    .map(([, text]) => text)
  const all = [
    'getLocation',
    'chooseLocation',
    'getFuzzyLocation',
    'startLocationUpdate',
    'onLocationChange',
    'choosePoi',
    'chooseAddress',
  ]
  const used = all.filter((name) => code.some((text) => text.includes(`.${name}(`)))
  const app = JSON.parse(shippedBundle().files.get('app.json') ?? '{}') as {
    requiredPrivateInfos: string[]
  }
  expect(app.requiredPrivateInfos.sort()).toEqual(used.sort())
})

test('one tap on the home page opens one page', async () => {
  const phone = phones.add(new Phone({ server: makeScene().server.answer }))
  const program = await MiniProgram.launch(phone)
  await program.tap('提交工单，报修、安装、保养、咨询')
  expect(program.path).toBe('pages/workorder/new')
  await program.back()
  expect(program.path).toBe('pages/home/index')
  expect(program.largestSetData).toBeLessThan(16 * 1024)
})
