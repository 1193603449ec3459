import { reactive, ref } from 'vue'
import { ProblemError } from '../../shared/client/failures.ts'
import { submitWorkorder, type Workorder } from '../../shared/contract/workorders.ts'
import { call } from '../bridge/api.ts'
import { describe, isConnectionFailure } from '../bridge/failures.ts'
import { text } from '../bridge/text.ts'
import { visitUnder } from '../bridge/tracking.ts'
import { bodyOf, draftFields, type DraftField, fieldOf, type StoredDraft } from './draft.ts'

export type SubmitOutcome =
  | { kind: 'made'; order: Workorder }
  | { kind: 'fix' }
  | { kind: 'busy' }
  | { kind: 'made-before' }
  | { kind: 'failed'; message: string }

/**
 * Sends the draft once, however often the button is tapped. Puts each complaint beside its field.
 */
export function useSubmit(draft: StoredDraft) {
  const submitting = ref(false)
  const errors = reactive<Partial<Record<DraftField, string>>>({})

  async function submit(shareId: string | null): Promise<SubmitOutcome> {
    if (submitting.value) return { kind: 'busy' }
    clearErrors()
    const checked = bodyOf(draft, shareId, Date.now())
    if ('bad' in checked) {
      checked.bad.forEach((field) => (errors[field] = wordsFor(field, draft)))
      return { kind: 'fix' }
    }
    submitting.value = true
    try {
      const order = await call(submitWorkorder, { body: checked.body, idempotencyKey: draft.key })
      visitUnder(shareId)?.submitWorkorder(order.id)
      return { kind: 'made', order }
    } catch (failure) {
      return outcomeOf(failure)
    } finally {
      submitting.value = false
    }
  }

  function outcomeOf(failure: unknown): SubmitOutcome {
    // Nobody knows whether it arrived. The key makes another try harmless.
    if (isConnectionFailure(failure)) return { kind: 'failed', message: text.order.submitLost }
    if (failure instanceof ProblemError) {
      // The key was used with other content: the earlier attempt did arrive.
      if (failure.code === 'idempotency_conflict') return { kind: 'made-before' }
      if (failure.code === 'file_unknown') errors.photoIds = text.order.errors.photoIds
      for (const { field } of failure.errors) {
        const known = fieldOf(field)
        if (known) errors[known] = wordsFor(known, draft)
      }
      if (draftFields.some((field) => errors[field])) return { kind: 'fix' }
    }
    const { title, hint } = describe(failure)
    return { kind: 'failed', message: text.joined.labelled(title, hint) }
  }

  function clearErrors(): void {
    draftFields.forEach((field) => (errors[field] = undefined))
  }

  function clearError(field: DraftField): void {
    errors[field] = undefined
  }

  return { submitting, errors, submit, clearErrors, clearError }
}

function wordsFor(field: DraftField, draft: StoredDraft): string {
  const words = text.order.errors
  if (field === 'description' && draft.description.trim() !== '') return words.descriptionLong
  if (field === 'contactName' && draft.contactName.trim() !== '') return words.contactNameLong
  if (field === 'location' && (draft.location?.address ?? '').length > 200)
    return words.locationLong
  return words[field]
}
