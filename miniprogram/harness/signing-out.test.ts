import { expect, test } from 'vitest'
import { MiniProgram } from './app.ts'
import { useCleanPhones } from './clean-phones.ts'
import { Phone } from './phone.ts'
import { makeScene, shareId } from './scene.ts'

const phones = useCleanPhones()
const material = `pages/material/index?share=${shareId}`
const settings = 'pages/privacy/index'
const signOut = '退出登录，本机的草稿和阅读记录一并清除'

/** A phone on which the visitor has read, and has begun an order. */
async function reader() {
  const scene = makeScene()
  const phone = phones.add(new Phone({ server: scene.server.answer }))
  const form = await MiniProgram.launch(phone, 'pages/workorder/new')
  await form.type('问题描述', '减速机漏油')
  await form.leave()
  const program = await MiniProgram.launch(phone, material)
  await program.pass(6_000)
  expect([...phone.storage.keys()]).toEqual(
    expect.arrayContaining(['chatside.session', 'chatside.recent', 'chatside.workorder-draft']),
  )
  return { ...scene, phone, program }
}

test('a visitor who signs out has no session on the server, and nothing of theirs on the phone', async () => {
  const { server, phone, program } = await reader()
  const { headers } = phone.requests.at(-1) ?? {}
  await program.tap('隐私与数据')
  await program.tap(signOut)
  expect(program.text).toContain('您已退出登录')
  expect(program.has(signOut)).toBe(false)
  const left = [...phone.storage.keys()].filter((key) => key !== 'chatside.signed-out')
  expect(left.filter((key) => /session|recent|forwards|draft|contact/.test(key))).toEqual([])
  const copy = { method: 'GET', path: '/api/privacy', query: {}, body: undefined }
  expect(server.answer({ ...copy, headers: headers ?? {} }).status).toBe(401)
})

test('nobody signs in again by themselves: not when they read on, not after a restart, until they want to', async () => {
  const { server, phone, program } = await reader()
  await program.tap('隐私与数据')
  await program.tap(signOut)
  const [logins, told] = [server.logins, server.events.length]
  await program.back()
  await program.pass(60_000)
  await program.leave()
  const orders = await MiniProgram.launch(phone, 'pages/workorder/list')
  expect(orders.text).toContain('您已退出登录')
  await orders.pass(60_000)
  expect([server.logins, server.events.length]).toEqual([logins, told])

  await orders.tap('重新登录')
  expect(orders.text).toContain('还没有工单')
  expect(server.logins).toBe(logins + 1)
  await MiniProgram.launch(phone, material)
  expect([server.logins, server.events.length]).toEqual([logins + 1, told + 1])
})

test('a visitor whose sign-out does not reach the server stays signed in, is told, and may try again', async () => {
  const { server, phone, program } = await reader()
  await program.tap('隐私与数据')
  phone.setOnline(false)
  await program.tap(signOut)
  expect(phone.toasts).toHaveLength(1)
  expect(phone.storage.has('chatside.session')).toBe(true)
  phone.setOnline(true)
  await program.tap(signOut)
  expect(program.text).toContain('您已退出登录')
  expect(phone.storage.has('chatside.session')).toBe(false)
  expect(server.logins).toBe(1)
})

test('a visitor whose session the server has ended already signs out all the same, without a new one', async () => {
  const { server, phone, program } = await reader()
  await program.tap('隐私与数据')
  server.expired.add('token-1')
  await program.tapTwice(signOut)
  expect(program.text).toContain('您已退出登录')
  expect(server.logins).toBe(1)
  const again = await MiniProgram.launch(phone, settings)
  expect(again.text).toContain('您已退出登录')
  await again.tap('重新登录')
  expect(again.has(signOut)).toBe(true)
})
