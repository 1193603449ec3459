import { expect, test } from 'vitest'
import { MiniProgram } from './app.ts'
import { Phone } from './phone.ts'
import { makeScene, shareId } from './scene.ts'
import { useCleanPhones } from './clean-phones.ts'

const phones = useCleanPhones()

async function openCard(kind: Parameters<typeof makeScene>[0] = 'article') {
  const scene = makeScene(kind)
  const phone = phones.add(new Phone({ server: scene.server.answer }))
  const program = await MiniProgram.launch(phone, `pages/material/index?share=${shareId}`)
  return { ...scene, phone, program }
}

test('a customer opens a shared article and its reading time and depth are reported', async () => {
  const { server, phone, program } = await openCard()
  expect(program.text).toContain('减速机选型指南')
  expect(program.text).toContain('王敏 分享给您')
  expect(server.events.map((event) => event.kind)).toEqual(['view.start'])

  phone.rects.set('.material-article', { top: -667, width: 343, height: 2668 })
  await program.scroll(667)
  await program.pass(6_000)
  expect(server.events.at(-1)).toMatchObject({
    kind: 'view.progress',
    shareId,
    depth: { unit: 'percent', reached: 50, total: 100 },
  })

  phone.rects.set('.material-article', { top: -2001, width: 343, height: 2668 })
  await program.scroll(2001)
  await program.pass(3_000)
  await program.leave()
  const last = server.events.at(-1)
  expect(last).toMatchObject({ kind: 'view.end', depth: { reached: 100 } })
  expect(last && 'activeSeconds' in last && last.activeSeconds).toBeCloseTo(9.8, 1)
  expect(new Set(server.events.map((event) => event.visitId)).size).toBe(1)
})

test('under the material stands the rep’s card: title, a call, the code that adds them', async () => {
  const { phone, program } = await openCard()
  expect(program.text).toContain('销售工程师')
  await program.tap('打电话')
  expect(phone.dialled).toEqual(['0512-6288 1234'])
  expect(program.text).not.toContain('长按二维码识别')
  await program.tap('加企业微信')
  expect(program.text).toContain('加 王敏 的企业微信')
  expect(program.text).toContain('长按二维码识别')
})

test('who got it forwarded sees the card of the same rep; a withdrawn push names nobody', async () => {
  const scene = makeScene()
  const child = '01934a5b-0000-7000-8000-0000000000c1'
  scene.forwards.push({ parent: shareId, child })
  const friend = phones.add(new Phone({ server: scene.server.answer }))
  const program = await MiniProgram.launch(friend, `pages/material/index?share=${child}`)
  expect(program.text).toContain('来自 王敏 的分享')
  await program.tap('打电话')
  expect(friend.dialled).toEqual(['0512-6288 1234'])
  scene.withdrawn = true
  const late = phones.add(new Phone({ server: scene.server.answer }))
  const other = await MiniProgram.launch(late, `pages/material/index?share=${shareId}`)
  expect(other.text).toContain('好友分享给您')
  expect(other.text).not.toContain('王敏')
  expect(other.text).not.toContain('打电话')
})

test('the time in which the article was left in the background is not counted', async () => {
  const { server, program } = await openCard()
  await program.pass(4_000)
  await program.leave()
  await program.pass(3_600_000)
  await program.comeBack()
  await program.pass(2_000)
  await program.back()
  await program.leave()
  const reported = server.events.flatMap((event) =>
    'activeSeconds' in event ? [event.activeSeconds] : [],
  )
  expect(Math.max(...reported)).toBeLessThan(7)
})

test('what was read without a network is reported later, under the ids it was born with', async () => {
  const { server, phone, program } = await openCard()
  await program.pass(6_000)
  const before = server.events.length
  phone.setOnline(false)
  await program.pass(20_000)
  expect(server.events).toHaveLength(before)
  phone.setOnline(true)
  await program.settle()
  const ids = server.events.map((event) => event.id)
  expect(ids.length).toBeGreaterThan(before)
  expect(new Set(ids).size).toBe(ids.length)
})

test('events that could not be sent survive a restart of the phone', async () => {
  const { server, phone, program } = await openCard()
  phone.setOnline(false)
  await program.pass(10_000)
  const restarted = phones.add(
    new Phone({ server: server.answer, storage: phone.storage, now: phone.clock.now }),
  )
  await MiniProgram.launch(restarted)
  expect(
    server.events.some((event) => event.kind === 'view.progress' && event.activeSeconds >= 9),
  ).toBe(true)
})

test('a page of a catalogue counts when it comes on screen, and only pages nearby are fetched', async () => {
  const { server, phone, program } = await openCard('file')
  expect(program.text).toContain('共 12 页')
  expect(program.images()).toEqual([
    'https://chatside.example/files/page-1.png',
    'https://chatside.example/files/page-2.png',
    'https://chatside.example/files/page-3.png',
  ])
  phone.rects.set('.material-pages', { top: -1000, width: 343, height: 5900 })
  await program.scroll(1000)
  await program.pass(5_000)
  expect(server.events.at(-1)).toMatchObject({
    kind: 'view.progress',
    depth: { unit: 'page', reached: 3, total: 12 },
  })
  expect(program.images()).toHaveLength(5)
})

test('a video reports the furthest position, and playing counts as reading', async () => {
  const { server, program } = await openCard('video')
  await program.fire('video', 'play', {})
  for (let second = 1; second <= 60; second += 1) {
    await program.fire('video', 'timeupdate', { currentTime: second, duration: 96.04 })
    await program.pass(1_000)
  }
  await program.fire('video', 'timeupdate', { currentTime: 5, duration: 96.04 })
  await program.pass(5_000)
  const last = server.events.at(-1)
  expect(last).toMatchObject({
    kind: 'view.progress',
    depth: { unit: 'second', reached: 60, total: 96 },
  })
  expect(last && 'activeSeconds' in last && last.activeSeconds).toBeGreaterThan(59)
})

test('forwarding hands on a child share, which is registered and whose card opens', async () => {
  const { server, forwards, phone, program } = await openCard()
  const card = await program.forward()
  const child = forwards[0]?.child ?? ''
  expect(card).toMatchObject({
    title: '减速机选型指南',
    path: `/pages/material/index?share=${child}`,
  })
  expect(forwards).toEqual([{ parent: shareId, child }])
  expect(server.events.at(-1)).toMatchObject({ kind: 'share', shareId, childShareId: child })

  const friend = phones.add(new Phone({ server: server.answer, now: phone.clock.now }))
  const opened = await MiniProgram.launch(friend, card.path.slice(1))
  expect(opened.text).toContain('来自 王敏 的分享')
})

test('a forward without a network is registered when the network is back', async () => {
  const { forwards, phone, program } = await openCard()
  phone.setOnline(false)
  await program.forward()
  expect(forwards).toEqual([])
  phone.setOnline(true)
  await program.settle()
  expect(forwards).toHaveLength(1)
})

test('an expired token is renewed without the reader noticing', async () => {
  const { server, program } = await openCard()
  expect(server.logins).toBe(1)
  server.expired.add('token-1')
  await program.pass(6_000)
  expect(server.logins).toBe(2)
  expect(server.events.at(-1)?.kind).toBe('view.progress')
})

test('a damaged link is explained', async () => {
  const { server } = makeScene()
  const phone = phones.add(new Phone({ server: server.answer }))
  const program = await MiniProgram.launch(phone, 'pages/material/index?share=nonsense')
  expect(program.text).toContain('内容不存在')
  expect(phone.requests.filter((request) => request.path.includes('/shares/'))).toEqual([])
})

test('without a network the page says so and loads when tried again', async () => {
  const { server } = makeScene()
  const phone = phones.add(new Phone({ server: server.answer }))
  phone.online = false
  const program = await MiniProgram.launch(phone, `pages/material/index?share=${shareId}`)
  expect(program.text).toContain('登录没有成功')
  phone.setOnline(true)
  await program.tap('重试')
  expect(program.text).toContain('减速机选型指南')
})

test('an English phone reads English', async () => {
  const { server } = makeScene()
  const phone = phones.add(new Phone({ server: server.answer, language: 'en' }))
  const program = await MiniProgram.launch(phone)
  expect(program.text).toContain('New work order')
  expect(program.text).not.toMatch(/提交工单/)
})
