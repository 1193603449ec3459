import { inject, type InjectionKey, type Ref } from 'vue'
import type { Call } from '../../shared/client/call.ts'
import type { Lines } from './lines.ts'
import type { Bridge, BridgeOptions } from './sdk.ts'
import type { makeSigner } from './signatures.ts'
import type { SignInPlace } from './sign-in.ts'

/** The part of `EventSource` that the timeline uses. */
export interface EventStream {
  onopen: ((event: Event) => unknown) | null
  onerror: ((event: Event) => unknown) | null
  readonly readyState: number
  addEventListener(
    type: 'moment' | 'reload' | 'end',
    listener: (event: { data: string; lastEventId: string }) => void,
  ): void
  close(): void
}

/**
 * Time, randomness and everything outside the page come in through this, so that tests can control
 * them.
 */
export interface AppContext {
  call: Call
  signer: ReturnType<typeof makeSigner>
  inWecom: boolean
  connect: (options: BridgeOptions) => Bridge
  place: SignInPlace
  openStream: (address: string) => EventStream
  /** Which of them may be open at once. */
  lines: Lines
  now: () => number
  newKey: () => string
  /** True while a part of the page could not be loaded. */
  partMissing: Ref<boolean>
}

export const appKey: InjectionKey<AppContext> = Symbol('app')

/** Returns the surroundings; it works in components and in Pinia stores. */
export function useApp(): AppContext {
  const app = inject(appKey)
  if (!app) throw new Error('the app context is not provided')
  return app
}

/** `crypto.randomUUID` needs a secure context, which a test installation over plain http lacks. */
export function randomKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
