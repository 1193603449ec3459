import { inject, provide, reactive, watch, type InjectionKey, type Ref } from 'vue'
import type { DeskState, Party } from '../../api.ts'
import { sameParty, unreadCount } from './people.ts'

/**
 * Counts what came in since this page was opened, per person and conversation. The sandbox keeps no reading marks, and the
 * desk keeps nothing between visits: the first state counts as read, and so does a scene that was reset.
 */
export function countUnread(state: Readonly<Ref<DeskState | null>>) {
  const seen = reactive(new Map<string, string | null>())

  function mark(party: Party, conversationId: string) {
    return `${party.kind}:${party.id}:${conversationId}`
  }

  watch(
    state,
    (next) => {
      if (!next) return
      for (const conversation of next.conversations) {
        const last = conversation.messages.at(-1)?.id ?? null
        for (const party of conversation.participants) {
          const at = mark(party, conversation.id)
          const known = seen.get(at)
          const gone = typeof known === 'string' && known !== last && !conversation.messages.some((message) => message.id === known)
          const own = conversation.messages.at(-1)
          if (known === undefined || gone || (own && sameParty(own.from, party))) seen.set(at, last)
        }
      }
    },
    { immediate: true, flush: 'sync' },
  )

  return {
    read(party: Party, conversationId: string): void {
      const conversation = state.value?.conversations.find((one) => one.id === conversationId)
      if (conversation) seen.set(mark(party, conversationId), conversation.messages.at(-1)?.id ?? null)
    },
    unread(party: Party, conversationId: string): number {
      const conversation = state.value?.conversations.find((one) => one.id === conversationId)
      if (!conversation) return 0
      return unreadCount(conversation, party, seen.get(mark(party, conversationId)) ?? null)
    },
    unreadOf(party: Party): number {
      let count = 0
      for (const conversation of state.value?.conversations ?? []) {
        if (
          conversation.participants.some((one) => sameParty(one, party)) &&
          (party.kind === 'customer' || conversation.kind !== 'friends')
        ) {
          count += unreadCount(conversation, party, seen.get(mark(party, conversation.id)) ?? null)
        }
      }
      return count
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
