import { computed, inject, provide, ref, watch, type ComputedRef, type InjectionKey } from 'vue'
import type {
  Customer,
  DeskState,
  Entry,
  Member,
  Message,
  OpenWebview,
  Party,
  Webview,
} from '../../api.ts'
import {
  contactName,
  customerById,
  customerOf,
  face,
  linesOf,
  sameParty,
  type Face,
  type Line,
} from '../world/people.ts'
import { preview } from '../world/messages.ts'
import { shownBy, type Shown } from '../world/shown.ts'
import { useSettings } from '../world/useSettings.ts'
import { useToast } from '../world/useToast.ts'
import { useUnread } from '../world/useUnread.ts'
import { useWorld } from '../world/useWorld.ts'
import { clientOf, scenarioOf } from './client.ts'

/**
 * What the rep has before her, whether on the desk's client or on the phone's: both show the same
 * world.
 */
function makeRep(props: Readonly<{ state: DeskState; member: Member; visible: boolean }>) {
  const { text } = useSettings()
  const world = useWorld()
  const unread = useUnread()
  const { toast, show } = useToast()

  const client = ref(clientOf(location.search))
  const wanted = ref<string | null>(null)
  const profileId = ref<string | null>(null)
  const shown = ref<Shown | null>(null)
  const page = ref<{ url: string; title: string } | null>(null)
  /** A box that the rep has opened over the window. */
  const box = ref<'customer' | 'group' | 'edit' | 'mass' | null>(null)
  const happenings = ref<string[]>([])
  watch(
    () => props.state.scene,
    async () => (happenings.value = await world.happenings().catch(() => [])),
    { immediate: true },
  )

  const me = computed<Party>(() => ({ kind: 'member', id: props.member.id }))
  const lines = usedLines(props, me)
  const line = computed(
    () => lines.value.find((one) => one.conversation.id === wanted.value) ?? null,
  )
  const customer = computed(() =>
    line.value ? customerOf(props.state, line.value.conversation) : null,
  )
  const contacts = useContacts(props)
  const profile = computed(() => customerById(props.state, profileId.value))
  const mine = computed(() =>
    props.state.webviews.filter(
      (webview) => webview.device === 'wecom' && webview.userId === props.member.id,
    ),
  )
  /** The chat is on the screen: what comes in is read at once. */
  const isReading = ref(true)

  watch(
    // Three sources, not one list: a list made anew is never the list of before, and each word of
    // the sandbox would close the dialogs.
    [() => props.member.id, () => props.state.scene, world.resets],
    () => {
      profileId.value = null
      shown.value = null
      page.value = null
      box.value = null
    },
  )
  watch(
    () => [
      props.visible,
      isReading.value,
      line.value?.conversation.id,
      line.value?.last?.id,
      props.state.revision,
    ],
    () => {
      if (props.visible && isReading.value && line.value && !profile.value)
        unread.read(me.value, line.value.conversation.id)
    },
    { immediate: true },
  )

  function faceOf(party: Party): Face {
    const plain = face(props.state, party)
    if (party.kind === 'service') return { ...plain, name: text.value.card.service }
    if (party.kind === 'system') return { ...plain, name: text.value.card.system }
    const known = party.kind === 'customer' ? customerById(props.state, party.id) : null
    return known ? { ...plain, name: contactName(known, props.member.id) } : plain
  }

  return {
    client,
    wanted,
    profileId,
    profile,
    shown,
    page,
    box,
    toast,
    show,
    me,
    lines,
    line,
    customer,
    contacts,
    mine,
    isReading,
    faceOf,
    forwarding: computed<Webview | null>(
      () => mine.value.find((webview) => webview.pendingForward) ?? null,
    ),
    asking: computed<Webview | null>(
      () => mine.value.find((webview) => webview.pendingChoice) ?? null,
    ),

    massTasks: computed(() =>
      props.state.massTasks.filter(({ memberId }) => memberId === props.member.id),
    ),
    /** Whether this sandbox plays it: what it does not play is not offered. */
    canHappen: (name: string) => happenings.value.includes(name),
    /** The app's page as this client opens it. Without an entry it follows from the chat. */
    request(about: {
      entry?: Entry
      conversationId?: string
      externalUserId?: string
    }): OpenWebview {
      return {
        device: 'wecom',
        userId: props.member.id,
        ...about,
        url: props.state.sidebarUrl,
        scenario: scenarioOf(client.value),
      }
    },
    lastWords(one: Line): string {
      if (!one.last) return ''
      const words = preview(one.last, text.value)
      const isSaid =
        one.conversation.kind === 'group' &&
        one.last.kind !== 'notice' &&
        !sameParty(one.last.from, me.value)
      return isSaid ? `${faceOf(one.last.from).name}: ${words}` : words
    },
    choose(conversationId: string) {
      wanted.value = conversationId
      profileId.value = null
    },
    /** Opens the chat with a customer; false when there is none. */
    chatWith(customerId: string): boolean {
      const found = lines.value.find(
        (one) => one.conversation.kind === 'contact' && one.peer?.id === customerId,
      )
      profileId.value = null
      if (found) wanted.value = found.conversation.id
      return found !== undefined
    },
    open(message: Message) {
      if (message.kind === 'link') page.value = { url: message.url, title: message.title }
      else if (message.kind === 'miniprogram') show(text.value.wecom.notPlayed)
      else shown.value = shownBy(message)
    },
    say: (words: string) =>
      line.value
        ? world.say(line.value.conversation.id, me.value, { kind: 'text', text: words })
        : Promise.resolve(false),
    answerForward(webview: Webview, conversationId: string | null) {
      void world.answerForward({ webviewId: webview.id, conversationId })
    },
    /** What pages wish from either client. `close` ends the page that wished it. */
    followActions(close: (webviewId: string) => void, moved: () => void) {
      world.onAction((webviewId, action) => {
        if (!mine.value.some((webview) => webview.id === webviewId)) return
        switch (action.kind) {
          case 'openProfile':
            if (action.party.kind === 'customer') profileId.value = action.party.id
            break
          case 'openBrowser':
            page.value = { url: action.url, title: action.url }
            break
          case 'previewImage':
            shown.value = {
              kind: 'images',
              urls: action.urls,
              at: Math.max(0, action.urls.indexOf(action.current)),
            }
            break
          case 'previewFile':
            shown.value = {
              kind: 'file',
              name: action.name,
              bytes: action.bytes,
              url: action.url,
              id: action.url,
              from: me.value,
              at: '',
            }
            break
          case 'openConversation':
            wanted.value = action.conversationId
            profileId.value = null
            moved()
            break
          case 'addCustomer':
            box.value = 'customer'
            break
          case 'close':
            if (page.value) page.value = null
            else close(webviewId)
            break
          case 'copied':
            show(text.value.browser.copied)
            break
          case 'openMiniprogram':
            show(text.value.wecom.notPlayed)
            break
          case 'hideAttachmentMenu':
            break
        }
      })
    },
  }
}

/** Sorted anew only when people or chats changed, not with every word of the sandbox. */
function usedLines(
  props: Readonly<{ state: DeskState }>,
  me: ComputedRef<Party>,
): ComputedRef<Line[]> {
  const conversations = computed(() => props.state.conversations)
  const customers = computed(() => props.state.customers)
  const members = computed(() => props.state.members)
  const officialAccounts = computed(() => props.state.officialAccounts)
  const corp = computed(() => props.state.corp)
  return computed(() =>
    linesOf(
      {
        conversations: conversations.value,
        customers: customers.value,
        members: members.value,
        officialAccounts: officialAccounts.value,
        corp: corp.value,
      },
      me.value,
    ),
  )
}

function useContacts(
  props: Readonly<{ state: DeskState; member: Member }>,
): ComputedRef<Customer[]> {
  const customers = computed(() => props.state.customers)
  const memberId = computed(() => props.member.id)
  return computed(() => {
    const id = memberId.value
    return customers.value.filter((one) => one.follows.some((follow) => follow.memberId === id))
  })
}

type Rep = ReturnType<typeof makeRep>

const key: InjectionKey<Rep> = Symbol('rep')

export function provideRep(props: Parameters<typeof makeRep>[0]): Rep {
  const rep = makeRep(props)
  provide(key, rep)
  return rep
}

export function useRep(): Rep {
  const rep = inject(key)
  if (!rep) throw new Error('useRep() is called outside of WeCom')
  return rep
}
