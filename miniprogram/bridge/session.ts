import * as v from 'valibot'
import { makeCall } from '../../shared/client/call.ts'
import { ProblemError } from '../../shared/client/failures.ts'
import {
  createH5Session,
  createMiniprogramSession,
  endSession as endSessionOf,
} from '../../shared/contract/session.ts'
import { SignInError } from './failures.ts'
import { forgetSignIn, leaveForSignIn, takeTicket } from './h5-sign-in.ts'
import { currentHost, isH5 } from './platform.ts'
import { forget, load, save } from './storage.ts'
import { transport } from './transport.ts'

const storageKey = 'chatside.session'
/** The visitor has signed out on this phone: only the visitor signs in again. */
const signedOutKey = 'chatside.signed-out'
/** Whose drafts and reading history this phone keeps. It outlives the token. */
const ownerKey = 'chatside.owner'
/** A token that expires within this time is renewed, instead of risking a refused request. */
const renewBeforeMs = 60_000

/**
 * A stored session without an identity comes from an older app. Signing in again is cheaper than an
 * unknown owner.
 */
const StoredToken = v.object({ token: v.string(), expiresAt: v.string(), identityId: v.string() })
type StoredToken = v.InferOutput<typeof StoredToken>

let current: StoredToken | null = restore()
/** The identity that signed in last, also while the token is being renewed. */
let identity = current?.identityId ?? null
const signedIn = new Set<() => void>()
const others = new Set<() => void>()
let signingIn: Promise<void> | undefined
let signedOut = load(signedOutKey) === true

function restore(): StoredToken | null {
  const stored = v.safeParse(StoredToken, load(storageKey))
  return stored.success ? stored.output : null
}

function isFresh(token: StoredToken): boolean {
  return Date.parse(token.expiresAt) - Date.now() > renewBeforeMs
}

/** Calls without credentials, for the calls that get them. */
const callOpenly = makeCall({ transport })

/**
 * Returns the bearer header; signs in first when needed. A member (in WeCom) has none, because the
 * cookie identifies them.
 */
export async function authorize(): Promise<Record<string, string>> {
  if (signedOut) throw new SignInError('signed_out', 'the visitor signed out on this phone')
  if (isMember()) return {}
  // The ticket in the address is newer than any stored token.
  if (!current || !isFresh(current) || hasTicket()) await signIn()
  return headers()
}

/**
 * Returns the header of this identity only, even when another one has signed in meanwhile.
 * @throws OtherVisitor
 */
export async function authorizeAs(identityId: string): Promise<Record<string, string>> {
  const header = await authorize()
  if (identity !== identityId) throw new OtherVisitor()
  return header
}

export class OtherVisitor extends Error {}

/** Returns the header for an urgent request of this identity; null when it has no valid token. */
export function headersNow(identityId: string): Record<string, string> | null {
  return current && isFresh(current) && current.identityId === identityId ? headers() : null
}

/** Returns the identity that signed in last; null before the first sign-in. */
export function currentIdentity(): string | null {
  return identity
}

/** Whether a call needs no sign-in first. */
export function isSignedIn(): boolean {
  return current !== null && isFresh(current)
}

/** Forgets the visitor. The next call signs in again; after an erasure as a new visitor. */
export function endSession(): void {
  current = null
  identity = null
  forget(storageKey)
  forget(ownerKey)
  forgetSignIn()
}

/**
 * Ends the session on the server, then here. Nobody is signed in until `allowSignIn`.
 * @throws the failure of the call; then the visitor is still signed in
 */
export async function signOut(): Promise<void> {
  // Without `renew`: a session that is over must not begin anew for this.
  const call = makeCall({ transport, authorize: headers })
  try {
    if (current || isMember()) await call(endSessionOf)
  } catch (failure) {
    if (!(failure instanceof ProblemError) || failure.status !== 401) throw failure
  }
  signedOut = true
  save(signedOutKey, true)
  endSession()
}

/** The visitor wants to sign in again. */
export function allowSignIn(): void {
  signedOut = false
  forget(signedOutKey)
}

/** Calls `listener` after every sign-in, also of the same visitor. */
export function onSignedIn(listener: () => void): void {
  signedIn.add(listener)
}

/**
 * Calls `listener` when another visitor signs in than the one before. The one before has erased
 * their data on another device, or somebody else uses this phone or browser now.
 */
export function onOtherVisitor(listener: () => void): void {
  others.add(listener)
}

function headers(): Record<string, string> {
  return current ? { Authorization: `Bearer ${current.token}` } : {}
}

/** Signs in anew, after the server refused the token or the cookie. Returns whether that worked. */
export async function renew(): Promise<boolean> {
  if (signedOut) return false
  if (isMember()) return leaveForSignIn('/auth/wecom')
  current = null
  forget(storageKey)
  await signIn()
  return true
}

/**
 * Whether a member opened this H5 page in WeCom. Members may look; nothing is tracked, and nothing
 * can be submitted.
 */
export function isMember(): boolean {
  return currentHost() === 'wecom'
}

/**
 * Throws unless a visitor can sign in here, so that a form does not invite work that cannot be
 * sent.
 */
export async function requireVisitor(): Promise<void> {
  if (isMember()) throw new SignInError('member_only', 'a member looks at a customer page')
  await authorize()
}

function signIn(): Promise<void> {
  signingIn ??= exchange().finally(() => (signingIn = undefined))
  return signingIn
}

async function exchange(): Promise<void> {
  const { token, expiresAt, session } = await (isH5 ? signInOnH5() : signInAsMiniprogram())
  current = { token, expiresAt, identityId: session.identityId }
  identity = session.identityId
  save(storageKey, current)
  const owner = load(ownerKey)
  if (owner !== identity) save(ownerKey, identity)
  if (owner !== null && owner !== identity) others.forEach((listener) => listener())
  signedIn.forEach((listener) => listener())
}

async function signInAsMiniprogram() {
  if (currentHost() === 'wecom-miniprogram')
    throw new SignInError('wecom_miniprogram', 'wx.login gives no WeChat code in WeCom')
  const code = await new Promise<string>((resolve, reject) => {
    uni.login({
      provider: 'weixin',
      success: (result) => resolve(result.code),
      fail: ({ errMsg }: { errMsg?: string }) =>
        reject(new SignInError('sign_in_failed', errMsg ?? '')),
    })
  })
  return callOpenly(createMiniprogramSession, {
    body: { appId: uni.getAccountInfoSync().miniProgram.appId, code },
  })
}

function hasTicket(): boolean {
  return isH5 && /[?&]ticket=/.test(location.search)
}

async function signInOnH5() {
  const taken = takeTicket()
  if (taken) {
    try {
      return await callOpenly(createH5Session, { body: taken })
    } catch (failure) {
      // A ticket works once. The user reloaded, or came back to an old address.
      if (!(failure instanceof ProblemError) || failure.code !== 'code_invalid') throw failure
    }
  }
  if (currentHost() !== 'wechat') throw new SignInError('outside_wechat', navigator.userAgent)
  return leaveForSignIn('/auth/wechat')
}
