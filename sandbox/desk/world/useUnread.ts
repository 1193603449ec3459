import { inject, provide, ref, watch, type InjectionKey, type Ref } from 'vue'
import type { Conversation, DeskState, Party } from '../../api.ts'
import { sameParty, unreadCount } from './people.ts'

/**
 * Counts what came in since this page was opened, per person and conversation. The sandbox keeps no
 * reading marks, and the desk keeps nothing between visits: the first state counts as read, and so
 * does a scene that was reset.
 *
 * Only conversations that changed are counted again: a conversation that did not is the same object
 * as before.
 */
export function countUnread(state: Readonly<Ref<DeskState | null>>) {
  const known = new Map<string, Conversation>()
  /**
   * By person, then by conversation: the last message that was seen, and how many came after it.
   */
  const marks = new Map<string, Map<string, { seen: string | null; count: number }>>()
  const totals = new Map<string, number>()
  const version = ref(0)

  const keyOf = (party: Party) => `${party.kind}:${party.id}`

  function set(party: Party, conversation: Conversation, seen: string | null) {
    const key = keyOf(party)
    const own = marks.get(key) ?? new Map<string, { seen: string | null; count: number }>()
    marks.set(key, own)
    const before = own.get(conversation.id)
    const count = unreadCount(conversation, party, seen)
    own.set(conversation.id, { seen, count })
    totals.set(key, (totals.get(key) ?? 0) - (before?.count ?? 0) + count)
  }

  function follow(conversation: Conversation) {
    const last = conversation.messages.at(-1)
    const lastId = last?.id ?? null
    for (const party of conversation.participants) {
      const seen = marks.get(keyOf(party))?.get(conversation.id)?.seen
      const gone =
        typeof seen === 'string' &&
        seen !== lastId &&
        !conversation.messages.some((message) => message.id === seen)
      const isRead = seen === undefined || gone || (last && sameParty(last.from, party))
      set(party, conversation, isRead ? lastId : seen)
    }
  }

  function forget(conversation: Conversation) {
    known.delete(conversation.id)
    for (const [key, own] of marks) {
      totals.set(key, (totals.get(key) ?? 0) - (own.get(conversation.id)?.count ?? 0))
      own.delete(conversation.id)
    }
  }

  watch(
    () => state.value?.conversations,
    (conversations) => {
      if (!conversations) return
      for (const conversation of conversations) {
        if (known.get(conversation.id) === conversation) continue
        known.set(conversation.id, conversation)
        follow(conversation)
      }
      if (known.size > conversations.length) {
        const still = new Set(conversations.map(({ id }) => id))
        for (const conversation of [...known.values()])
          if (!still.has(conversation.id)) forget(conversation)
      }
      version.value += 1
    },
    { immediate: true, flush: 'sync' },
  )

  return {
    read(party: Party, conversationId: string): void {
      const conversation = known.get(conversationId)
      const lastId = conversation?.messages.at(-1)?.id ?? null
      if (!conversation || marks.get(keyOf(party))?.get(conversationId)?.seen === lastId) return
      set(party, conversation, lastId)
      version.value += 1
    },
    unread(party: Party, conversationId: string): number {
      void version.value
      return marks.get(keyOf(party))?.get(conversationId)?.count ?? 0
    },
    unreadOf(party: Party): number {
      void version.value
      return totals.get(keyOf(party)) ?? 0
    },
  }
}

export type Unread = ReturnType<typeof countUnread>

const key: InjectionKey<Unread> = Symbol('unread')

export function provideUnread(state: Readonly<Ref<DeskState | null>>): Unread {
  const unread = countUnread(state)
  provide(key, unread)
  return unread
}

export function useUnread(): Unread {
  const unread = inject(key)
  if (!unread) throw new Error('useUnread() is called outside of the desk')
  return unread
}
