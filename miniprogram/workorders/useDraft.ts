import { reactive, ref, watch } from 'vue'
import { forget, load, save } from '../bridge/storage.ts'
import { tracker } from '../bridge/tracking.ts'
import { emptyDraft, isTouched, parseDraft, type StoredDraft } from './draft.ts'

const draftKey = 'chatside.workorder-draft'
/** The contact rarely changes, so the next order starts with it. */
const contactKey = 'chatside.contact'

/** The draft of the form. It is stored at each change and restored at the next visit. */
export function useDraft() {
  const stored = parseDraft(load(draftKey))
  const draft = reactive<StoredDraft>(stored ?? fresh())
  const restored = ref(stored !== null && isTouched(stored))
  const photosLost = ref(stored?.photosLost ?? false)

  watch(draft, () => keep(), { deep: true })

  function keep(): void {
    save(draftKey, draft)
  }

  function discard(): void {
    restored.value = false
    photosLost.value = false
    Object.assign(draft, fresh())
    forget(draftKey)
  }

  /** The order exists. The next one is another draft with another key. */
  function finish(): void {
    save(contactKey, { contactName: draft.contactName, contactPhone: draft.contactPhone })
    discard()
  }

  /** Submits the same content as a second order, on purpose. */
  function renewKey(): void {
    draft.key = tracker.newId()
  }

  return { draft, restored, photosLost, discard, finish, renewKey }
}

function fresh(): StoredDraft {
  const contact = load(contactKey)
  const known =
    typeof contact === 'object' && contact !== null ? (contact as Record<string, unknown>) : {}
  const { contactName, contactPhone } = known
  return {
    ...emptyDraft(tracker.newId()),
    contactName: typeof contactName === 'string' ? contactName : '',
    contactPhone: typeof contactPhone === 'string' ? contactPhone : '',
  }
}
