import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'
import { failureCode, ProblemError } from '../../shared/client/failures.ts'
import { endSession, getSession, type MemberSession } from '../../shared/contract/session.ts'
import { useApp } from './app.ts'
import { causeOf, type Cause } from './causes.ts'
import { canPushFrom, type Bridge, type Entry } from './sdk.ts'
import { forgetSignIn, forgetSignOut, isSignedOut, rememberSignOut, signInNow } from './sign-in.ts'

export type SessionState =
  | { step: 'signing_in' }
  | { step: 'connecting' }
  /**
   * `cause` = signed in, but the client does not name the rep's chat partner. The library still
   * works.
   */
  | { step: 'ready'; entry: Entry; cause: Cause | null }
  /** Not signed in. `failure` = the failed call, when it is the cause. */
  | { step: 'stopped'; cause: Cause; failure: unknown }
  /** The rep signed out, and nothing of a customer is shown. */
  | { step: 'signed_out' }

const nowhere: Entry = { entry: 'normal', target: null }

export const useSession = defineStore('session', () => {
  const app = useApp()
  const state = shallowRef<SessionState>({ step: 'signing_in' })
  const member = shallowRef<MemberSession | null>(null)
  /** The signed-in member's user id; null = nobody is signed in. */
  const userId = computed(() => member.value?.member.userId ?? null)
  const bridge = shallowRef<Bridge | null>(null)
  /**
   * The customer's name, once the contact page knows it. The materials page shows it as the
   * receiver.
   */
  const customerName = shallowRef<string | null>(null)

  const entry = computed(() => (state.value.step === 'ready' ? state.value.entry : nowhere))
  const externalUserId = computed(() =>
    entry.value.target && 'externalUserId' in entry.value.target
      ? entry.value.target.externalUserId
      : null,
  )
  const chatId = computed(() =>
    entry.value.target && 'chatId' in entry.value.target ? entry.value.target.chatId : null,
  )
  /** Opened from the attachment menu: a push goes into the open chat, whose partner is unknown. */
  const toOpenChat = computed(
    () => entry.value.entry === 'chat_attachment' && entry.value.target === null,
  )
  const canPush = computed(() => canPushFrom(entry.value))

  async function signIn(): Promise<MemberSession | null> {
    state.value = { step: 'signing_in' }
    if (app.inWecom) app.signer.askEarly(app.place.page())
    try {
      const session = await app.call(getSession)
      if (session.kind === 'member') {
        forgetSignIn(app.place)
        return session
      }
      throw new Error('signed in as a visitor')
    } catch (failure) {
      state.value = { step: 'stopped', cause: causeOfSignIn(failure, app.inWecom), failure }
      return null
    }
  }

  /**
   * Ends the session on the server. A session that the server knows no more is over too.
   * @throws the failure of the call; then the rep is still signed in
   */
  async function signOut(): Promise<void> {
    // Remembered first, or an expired session would sign in anew.
    rememberSignOut(app.place)
    try {
      await app.call(endSession)
    } catch (failure) {
      if (!(failure instanceof ProblemError) || failure.status !== 401) {
        forgetSignOut(app.place)
        throw failure
      }
    }
    member.value = null
    customerName.value = null
    state.value = { step: 'signed_out' }
  }

  async function start(): Promise<void> {
    if (isSignedOut(app.place)) {
      state.value = { step: 'signed_out' }
      return
    }
    member.value = await signIn()
    if (member.value) await connect(member.value)
  }

  async function connect({ corp }: MemberSession): Promise<void> {
    state.value = { step: 'connecting' }
    bridge.value ??= app.connect({ corpId: corp.id, agentId: corp.agentId, sign: app.signer.sign })
    try {
      state.value = { step: 'ready', entry: await bridge.value.detectEntry(), cause: null }
    } catch (failure) {
      state.value = {
        step: 'ready',
        entry: nowhere,
        cause: causeOf(failure, { signedUrl: undefined, pageUrl: app.place.page() }),
      }
    }
  }

  /** Repeats the step that failed, for the rep's own "retry". */
  async function retry(): Promise<void> {
    if (member.value) return connect(member.value)
    if (
      state.value.step === 'signed_out' ||
      (state.value.step === 'stopped' && state.value.cause.code === 'sign_in_failed')
    )
      signInNow(app.place)
    else await start()
  }

  return {
    state,
    member,
    userId,
    bridge,
    customerName,
    entry,
    externalUserId,
    chatId,
    toOpenChat,
    canPush,
    start,
    signOut,
    retry,
  }
})

function causeOfSignIn(failure: unknown, inWecom: boolean): Cause {
  const code = failureCode(failure)
  const said = failure instanceof Error ? failure.message : String(failure)
  if (code === 'unauthenticated' || code === 'session_expired')
    return { code: inWecom ? 'sign_in_failed' : 'outside_wecom', said }
  if (code === 'network' || code === 'timeout') return { code, said }
  if (code === 'member_out_of_range') return { code: 'not_in_visible_range', said }
  return { code: 'unknown', said }
}
