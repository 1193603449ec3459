import { expect, test } from 'vitest'
import { MiniProgram } from './app.ts'
import { useCleanPhones } from './clean-phones.ts'
import { Phone } from './phone.ts'
import { makeScene, shareId } from './scene.ts'

const phones = useCleanPhones()

type Scene = Omit<ReturnType<typeof makeScene>, 'withdrawn'>

async function open(address: string, storage?: Map<string, string>, scene: Scene = makeScene()) {
  const phone = phones.add(new Phone({ server: scene.server.answer, ...(storage && { storage }) }))
  const program = await MiniProgram.launch(phone, address)
  return { ...scene, phone, program }
}
const material = `pages/material/index?share=${shareId}`
const settings = 'pages/privacy/index'

test('the reader of a material is told who sees it, and finds the settings there and on the home page', async () => {
  const { program } = await open(material)
  expect(program.text).toContain('客户经理能看到您阅读了多久、读到哪里')
  await program.tap('隐私与数据')
  expect(program.path).toBe('pages/privacy/index')
  expect(program.text).toContain('您打开了哪份资料、读了多久、读到哪里')
  const home = await open('pages/home/index')
  await home.program.tap('隐私与数据，阅读记录、导出与删除')
  expect(home.program.path).toBe('pages/privacy/index')
})

test('who opts out is not reported from that moment on, nor by the next material, nor after a restart', async () => {
  const { server, phone, program, orders, forwards } = await open(material)
  await program.pass(6_000)
  await program.tap('隐私与数据')
  expect(program.find('允许记录我的阅读').getAttribute('aria-checked')).toBe('true')
  await program.fire('switch', 'change', { value: false })
  expect(server.choice).toMatchObject({ tracking: false })
  expect(phone.toasts.at(-1)).toBe('已保存')
  const asked = phone.requests.filter(({ path }) => path === '/api/track').length
  const told = server.events.length
  await program.back()
  expect(program.text).toContain('您已关闭阅读记录')
  await program.pass(60_000)
  await program.leave()
  const again = await open(material, phone.storage, { server, orders, forwards })
  await again.program.pass(60_000)
  await again.program.leave()
  expect(server.events).toHaveLength(told)
  expect(
    [...phone.requests, ...again.phone.requests].filter(({ path }) => path === '/api/track'),
  ).toHaveLength(asked)
})

test('the choice is kept, shown when the page is opened again, and taken back with the next visit', async () => {
  const { server, phone, program, orders, forwards } = await open(settings)
  expect(program.text).toContain('您还没有选择过，默认为允许')
  await program.fire('switch', 'change', { value: false })
  const again = await open(settings, phone.storage, { server, orders, forwards })
  expect(again.program.find('允许记录我的阅读').getAttribute('aria-checked')).toBe('false')
  expect(again.program.text).toContain('上次选择')
  await again.program.fire('switch', 'change', { value: true })
  await MiniProgram.launch(again.phone, material)
  expect(server.events.map((event) => event.kind)).toEqual(['view.start'])
})

test('a choice that could not be saved is said and not shown as if it had been', async () => {
  const { server, phone, program } = await open(settings)
  phone.setOnline(false)
  await program.fire('switch', 'change', { value: false })
  expect(phone.toasts.at(-1)).toBe('没有保存成功，设置未改变')
  expect(program.find('允许记录我的阅读').getAttribute('aria-checked')).toBe('true')
  expect(server.choice.tracking).toBe(true)
})

test('who opted out on another device is silent here too, and sees it', async () => {
  const { server, phone, program } = await open(material)
  await program.pass(6_000)
  server.choice = { ...server.choice, tracking: false }
  await program.pass(6_000)
  const asked = phone.requests.length
  await program.pass(60_000)
  expect(phone.requests).toHaveLength(asked)
  expect(program.text).toContain('您已关闭阅读记录')
})

test('without a network the page explains what is recorded all the same, and loads when tried again', async () => {
  const scene = makeScene()
  const phone = phones.add(new Phone({ server: scene.server.answer }))
  phone.online = false
  const program = await MiniProgram.launch(phone, settings)
  expect(program.text).toContain('我们记录什么')
  expect(program.has('允许记录我的阅读')).toBe(false)
  phone.setOnline(true)
  await program.tap('重试')
  expect(program.has('允许记录我的阅读')).toBe(true)
})

test('an export shows how much there is and goes to the clipboard', async () => {
  const { phone, program } = await open(settings)
  await program.tap('导出我的数据，身份、阅读、工单、照片地址，一份 JSON')
  expect(program.text).toContain('1 条记录，0 个原始事件，0 张工单')
  await program.tap('复制 JSON')
  expect(JSON.parse(phone.clipboard)).toMatchObject({ moments: [{ id: 'one' }] })
})

test('erasing asks first, then leaves nothing on the phone, and whoever reads next is somebody new', async () => {
  const { server, phone, program, orders, forwards } = await open(material)
  await program.pass(6_000)
  await program.tap('隐私与数据')
  const erase = '删除我的数据，删除后无法恢复'
  await program.tap(erase)
  await program.tap('暂不删除')
  expect(server.erased).toBe(0)
  await program.tap(erase)
  await program.tap('确认删除')
  expect(server.erased).toBe(1)
  expect(program.text).toContain('您的数据已删除')
  expect(
    [...phone.storage].filter(
      ([, text]) =>
        text.includes('01900000-0000-7000-8000-000000000001') || text.includes('减速机'),
    ),
  ).toEqual([])
  await program.back()
  await program.pass(60_000)
  await program.leave()
  expect(server.events).toEqual([])
  const next = await open(material, phone.storage, { server, orders, forwards })
  expect(server.events.map((event) => event.kind)).toEqual(['view.start'])
  expect(next.phone.storage.get('chatside.session')).toContain(
    '01900000-0000-7000-8000-000000000002',
  )
})

test('what the visitor before left on this phone is gone once somebody else signs in, also when they erased themselves elsewhere', async () => {
  const { server, phone, program, orders, forwards } = await open(material)
  phone.storage.set('chatside.workorder-draft', JSON.stringify({ description: '减速机漏油' }))
  await program.leave()
  const same = await open(material, phone.storage, { server, orders, forwards })
  expect(same.phone.storage.has('chatside.workorder-draft')).toBe(true)
  expect(same.phone.storage.get('chatside.recent')).toContain(shareId)
  await same.program.leave()
  // Erased on another device: the old token is refused, and the same openid is somebody new.
  server.erased = 1
  server.expired.add('token-1')
  const next = await open('pages/home/index', phone.storage, { server, orders, forwards })
  await next.program.tap('隐私与数据，阅读记录、导出与删除')
  expect(next.phone.storage.get('chatside.session')).toContain(
    '01900000-0000-7000-8000-000000000002',
  )
  for (const key of ['chatside.workorder-draft', 'chatside.recent'])
    expect(next.phone.storage.has(key), key).toBe(false)
})

test('the page says who answers for the data, how to reach them and how long it is kept', async () => {
  const { server, phone, program, orders, forwards } = await open(settings)
  expect(program.text).toContain('个人信息处理者启明机电')
  expect(program.text).toContain('未单独提供，请联系您的客户经理')
  expect(program.text).toContain('设备上报的原始记录约 400 天后删除')
  expect(program.text).toContain('对方看到的姓名和头像来自企业微信')
  expect(program.text).toContain('这个微信账号在所有设备上的阅读都不再记录')
  server.choice.notice = { ...server.choice.notice, contact: 'privacy@example.com', pushDays: null }
  const again = await open(settings, phone.storage, { server, orders, forwards })
  expect(again.program.text).toContain('privacy@example.com')
  expect(again.program.text).toContain('企业微信发来的通知保存到您删除为止')
})
