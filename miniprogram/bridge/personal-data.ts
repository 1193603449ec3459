import {
  erasePerson,
  exportPersonalData,
  type PersonalData,
} from '../../shared/contract/privacy.ts'
import { call } from './api.ts'
import { isH5 } from './platform.ts'
import { endSession, onOtherVisitor, signOut } from './session.ts'
import { forget } from './storage.ts'
import { forgetChoice } from './tracking-choice.ts'

/**
 * Whether this platform can keep a file. A browser can; a mini program cannot, so it offers the
 * clipboard.
 */
export const canDownload = isH5

/** Collecting years of history takes a while. */
const patienceMs = 60_000

export function exportMine(): Promise<PersonalData> {
  return call(exportPersonalData, {}, { timeoutMs: patienceMs })
}

export function download(text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: 'application/json' }))
  const link = document.createElement('a')
  link.href = address
  link.download = 'my-data.json'
  link.click()
  // The browser has taken the bytes once the click has been handled.
  setTimeout(() => URL.revokeObjectURL(address), 1000)
}

/** What this phone itself stores about its owner: drafts, recent materials, forwards that wait. */
const keptHere = [
  'chatside.recent',
  'chatside.forwards',
  'chatside.workorder-draft',
  'chatside.contact',
]

/** Signs out on the server and here. What this phone stores about the visitor goes too. */
export async function signOutHere(): Promise<void> {
  await signOut()
  keptHere.forEach(forget)
}

/** Called once at launch. What the visitor before has left here is nothing to the next one. */
export function forgetEarlierVisitors(): void {
  onOtherVisitor(() => keptHere.forEach(forget))
}

/** Erases the visitor on the server, then here. Later acts belong to a new visitor. */
export async function eraseMe(): Promise<'pending' | 'done'> {
  const { state } = await call(erasePerson, { body: { confirm: true } })
  forgetChoice()
  endSession()
  keptHere.forEach(forget)
  return state
}
