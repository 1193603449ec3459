import {
  erasePerson,
  exportPersonalData,
  type PersonalData,
} from '../../shared/contract/privacy.ts'
import { call } from './api.ts'
import { isH5 } from './platform.ts'
import { endSession } from './session.ts'
import { forget } from './storage.ts'
import { forgetChoice } from './tracking-choice.ts'

/** A browser can keep a file; a mini program cannot hand one over, so it offers the clipboard. */
export const canDownload = isH5

/** Years of history take a while to put together. */
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
  // The browser has taken the bytes when the click has been handled.
  setTimeout(() => URL.revokeObjectURL(address), 1000)
}

/** What this phone itself keeps about its owner: drafts, what was read, forwards that wait. */
const keptHere = [
  'chatside.recent',
  'chatside.forwards',
  'chatside.workorder-draft',
  'chatside.contact',
]

/** Erases the visitor on the server, then here. What happens next happens to somebody new. */
export async function eraseMe(): Promise<'pending' | 'done'> {
  const { state } = await call(erasePerson, { body: { confirm: true } })
  forgetChoice()
  endSession()
  keptHere.forEach(forget)
  return state
}
