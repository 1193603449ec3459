import { expect, test } from 'vitest'
import { chen, conversation, customer, linyue, message, rep, scene } from '../testing/scene.ts'
import { countUnread } from './useUnread.ts'
import { contactName, face, linesOf } from './people.ts'
import { shallowRef } from 'vue'
import type { DeskState } from '../../api.ts'

test('the conversation with the newest message stands first', () => {
  const state = scene()
  expect(linesOf(state, rep).map((line) => line.name)).toEqual(['林悦', '陈国栋'])
  state.conversations[1]?.messages.push(message(chen, '2026-11-21T07:30:00.000Z'))
  expect(linesOf(state, rep).map((line) => line.name)).toEqual(['陈国栋', '林悦'])
})

test('friends’ chats are WeChat’s alone', () => {
  const state = scene({
    conversations: [conversation({ kind: 'friends', participants: [linyue, chen] })],
  })
  expect(linesOf(state, linyue).map((line) => line.name)).toEqual(['陈国栋'])
  expect(linesOf(state, rep)).toEqual([])
})

test('the rep sees the remark, the others the nickname', () => {
  const one = customer()
  const remarked = { ...one, follows: one.follows.map((follow) => ({ ...follow, remark: '林工' })) }
  expect(contactName(remarked, rep.id)).toBe('林工')
  expect(contactName(remarked, 'LiWeidong')).toBe('林悦')
})

test('what came in since the desk was opened is unread until it is seen', () => {
  const state = shallowRef<DeskState | null>(scene())
  const { unread, unreadOf, read } = countUnread(state)
  expect(unread(linyue, 'c1')).toBe(0)
  const next = structuredClone(state.value ?? scene())
  next.conversations[0]?.messages.push(
    message(rep, '2026-11-21T07:10:00.000Z'),
    message(rep, '2026-11-21T07:11:00.000Z'),
  )
  state.value = next
  expect(unread(linyue, 'c1')).toBe(2)
  expect(unreadOf(linyue)).toBe(2)
  expect(unread(rep, 'c1')).toBe(0)
  read(linyue, 'c1')
  expect(unread(linyue, 'c1')).toBe(0)
})

test('a reset scene has nothing unread', () => {
  const state = shallowRef<DeskState | null>(scene())
  const { unreadOf } = countUnread(state)
  state.value = scene()
  expect(unreadOf(linyue)).toBe(0)
})

test('a grey line is not counted as unread', () => {
  const state = shallowRef<DeskState | null>(scene())
  const { unread } = countUnread(state)
  const next = structuredClone(state.value ?? scene())
  next.conversations[0]?.messages.push(
    message({ kind: 'system', id: 'system' }, '2026-11-21T07:10:00.000Z', {
      kind: 'notice',
      text: '你已添加了林悦',
    }),
  )
  state.value = next
  expect(unread(rep, 'c1')).toBe(0)
})

test('a conversation that is gone takes its unread messages with it', () => {
  const state = shallowRef<DeskState | null>(scene())
  const { unreadOf } = countUnread(state)
  const next = structuredClone(state.value ?? scene())
  next.conversations[0]?.messages.push(message(rep, '2026-11-21T07:10:00.000Z'))
  state.value = next
  expect(unreadOf(linyue)).toBe(1)
  state.value = { ...next, conversations: next.conversations.slice(1) }
  expect(unreadOf(linyue)).toBe(0)
})

test('an app of WeCom and an official account have names of their own', () => {
  const state = scene({
    officialAccounts: [
      {
        appid: 'wxgzh',
        name: '澜川机电',
        iconUrl: 'icon',
        kind: 'service',
        menu: [],
        followers: [],
      },
    ],
  })
  expect(face(state, { kind: 'app', id: '1000002' }).name).toBe('营销助手')
  expect(face(state, { kind: 'official', id: 'wxgzh' })).toEqual({
    name: '澜川机电',
    avatarUrl: 'icon',
  })
})
