import { ref } from 'vue'
import {
  canOpenSettings,
  choosePlace,
  measurePosition,
  openLocationSettings,
  type Position,
} from '../bridge/location.ts'
import type { DraftLocation, StoredDraft } from './draft.ts'

/**
 * The place of the service: chosen on the map, measured as a shortcut, or typed when location is
 * refused.
 */
export function usePlace(draft: StoredDraft) {
  const measuring = ref(false)
  const refused = ref(false)
  const unavailable = ref(false)

  function set(location: DraftLocation): void {
    refused.value = false
    unavailable.value = false
    draft.location = location
  }

  async function choose(): Promise<void> {
    const outcome = await choosePlace(positionOf(draft.location))
    if (outcome.kind === 'got') set({ source: 'chosen', ...outcome.place })
    else note(outcome.kind)
  }

  async function measure(): Promise<void> {
    if (measuring.value) return
    measuring.value = true
    const outcome = await measurePosition()
    measuring.value = false
    if (outcome.kind === 'got')
      set({ source: 'measured', name: '', address: typedAddress(), ...outcome.place })
    else note(outcome.kind)
  }

  /** A refusal opens the typed field at once, so that the form is never a dead end. */
  function note(kind: 'refused' | 'cancelled' | 'unavailable'): void {
    refused.value = kind === 'refused'
    unavailable.value = kind === 'unavailable'
    if (kind !== 'cancelled' && !draft.location) type()
  }

  function type(): void {
    draft.location = { source: 'typed', name: '', address: draft.location?.address ?? '' }
  }

  function typedAddress(): string {
    return draft.location?.source === 'typed' ? draft.location.address : ''
  }

  function setAddress(address: string): void {
    if (draft.location) draft.location = { ...draft.location, address }
  }

  function clear(): void {
    draft.location = null
  }

  async function openSettings(): Promise<void> {
    if (await openLocationSettings()) refused.value = false
  }

  return {
    measuring,
    refused,
    unavailable,
    canOpenSettings,
    choose,
    measure,
    type,
    setAddress,
    clear,
    openSettings,
  }
}

function positionOf(location: DraftLocation | null): Position | null {
  const { latitude, longitude } = location ?? {}
  return latitude === undefined || longitude === undefined ? null : { latitude, longitude }
}
