import * as v from 'valibot'
import {
  WorkorderDraft,
  type WorkorderDraftInput,
  WorkorderType,
} from '../../shared/contract/workorders.ts'
import { readPhone } from '../../shared/rules/phone-number.ts'
import { instantAt } from '../../shared/text/time.ts'

/** A photo that is already on the server. An upload under way does not survive a restart. */
const StoredPhoto = v.object({ id: v.string(), url: v.string() })

const StoredLocation = v.object({
  source: v.picklist(['chosen', 'measured', 'typed']),
  name: words(),
  address: words(),
  latitude: v.fallback(v.optional(v.number()), undefined),
  longitude: v.fallback(v.optional(v.number()), undefined),
  accuracy: v.fallback(v.optional(v.number()), undefined),
})

/** What was typed before; a field that another version wrote in another shape is empty. */
function words() {
  return v.fallback(v.optional(v.string(), ''), '')
}

/**
 * The stored content of the form. It may be half-filled, so only shapes are checked. One odd field
 * does not cost the customer the others.
 */
const StoredDraft = v.object({
  /** One key for the life of a draft. However often it is sent, it becomes one order. */
  key: v.pipe(v.string(), v.minLength(8)),
  type: v.fallback(v.nullable(WorkorderType), null),
  description: words(),
  contactName: words(),
  contactPhone: words(),
  photos: v.fallback(v.array(StoredPhoto), []),
  photosLost: v.fallback(v.optional(v.boolean(), false), false),
  /** `2026-11-21` and `09:00` in the corp's zone; empty = any time. */
  preferredDate: words(),
  preferredTime: words(),
  equipmentSn: words(),
  location: v.fallback(v.nullable(StoredLocation), null),
})
export type StoredDraft = v.InferOutput<typeof StoredDraft>

export type DraftLocation = NonNullable<StoredDraft['location']>

export function emptyDraft(key: string): StoredDraft {
  return {
    key,
    type: null,
    description: '',
    contactName: '',
    contactPhone: '',
    photos: [],
    photosLost: false,
    preferredDate: '',
    preferredTime: '',
    equipmentSn: '',
    location: null,
  }
}

/** Returns a stored draft, or null when none is usable. */
export function parseDraft(stored: unknown): StoredDraft | null {
  const parsed = v.safeParse(StoredDraft, stored)
  return parsed.success ? parsed.output : null
}

/** Whether the draft is worth keeping and mentioning when it is restored. */
export function isTouched(draft: StoredDraft): boolean {
  const { type, description, photos, equipmentSn, location, preferredDate } = draft
  return (
    type !== null ||
    description.trim() !== '' ||
    photos.length > 0 ||
    equipmentSn !== '' ||
    location !== null ||
    preferredDate !== ''
  )
}

/** Fields of the form, as the contract names them. */
export type DraftField =
  | 'type'
  | 'description'
  | 'contactName'
  | 'contactPhone'
  | 'photoIds'
  | 'preferredAt'
  | 'equipmentSn'
  | 'location'
export const draftFields: readonly DraftField[] = [
  'type',
  'description',
  'contactName',
  'contactPhone',
  'photoIds',
  'preferredAt',
  'equipmentSn',
  'location',
]

/** Returns the body of `submitWorkorder`, or the fields that prevent it. `now` in milliseconds. */
export function bodyOf(
  draft: StoredDraft,
  shareId: string | null,
  now: number,
): { body: WorkorderDraftInput } | { bad: DraftField[] } {
  const preferred = preferredAt(draft)
  const candidate = {
    type: draft.type,
    description: storable(draft.description),
    contactName: storable(draft.contactName),
    contactPhone: storable(draft.contactPhone),
    photoIds: draft.photos.map((photo) => photo.id),
    preferredAt: preferred,
    equipmentSn: storable(draft.equipmentSn).trim() || null,
    location: draft.location && locationBody(draft.location),
    shareId,
  }
  const parsed = v.safeParse(WorkorderDraft, candidate)
  const bad = new Set<DraftField>()
  if (!parsed.success) {
    for (const issue of parsed.issues) {
      const field = fieldOf(v.getDotPath(issue) ?? '')
      if (field) bad.add(field)
    }
  }
  if (
    parsed.success &&
    parsed.output.location.source === 'chosen' &&
    !parsed.output.location.address
  )
    bad.add('location')
  if (!readPhone(draft.contactPhone)) bad.add('contactPhone')
  if (preferred !== null && Date.parse(preferred) < now) bad.add('preferredAt')
  if (parsed.success && bad.size === 0) return { body: parsed.output }
  return { bad: draftFields.filter((field) => bad.has(field)) }
}

/** `location.address`, `body.location`, `photoIds.3` → the form's field. */
export function fieldOf(path: string): DraftField | null {
  const first = path.replace(/^body\./, '').split('.')[0]
  return draftFields.find((field) => field === first) ?? null
}

function preferredAt({ preferredDate, preferredTime }: StoredDraft): string | null {
  if (!/^\d{4}-\d\d-\d\d$/.test(preferredDate)) return null
  return instantAt(preferredDate, /^\d\d:\d\d$/.test(preferredTime) ? preferredTime : '09:00')
}

/**
 * Removes characters that can be neither stored nor seen, so that the customer need not find them.
 * Pasted text may hold U+0000, and a keyboard or a length limit may cut an emoji in half.
 */
export function storable(text: string): string {
  return text
    .split('\u0000')
    .join('')
    .replace(/[\ud800-\udbff][\udc00-\udfff]|[\ud800-\udfff]/g, (found) =>
      found.length === 2 ? found : '',
    )
}

function locationBody(location: DraftLocation): WorkorderDraftInput['location'] {
  const { source, latitude, longitude, accuracy } = location
  const name = storable(location.name)
  const address = storable(location.address) || (source === 'chosen' ? name : '')
  if (source === 'typed' || latitude === undefined || longitude === undefined)
    return { source: 'typed', address }
  if (source === 'measured')
    return { source, address, latitude, longitude, ...(accuracy === undefined ? {} : { accuracy }) }
  return { source, name, address, latitude, longitude }
}
