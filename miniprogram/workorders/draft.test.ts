import { expect, test } from 'vitest'
import { inZone } from '../../shared/testing/zone.ts'
import { bodyOf, emptyDraft, fieldOf, isTouched, parseDraft, type StoredDraft } from './draft.ts'

/** Noon in Shanghai. */
const now = Date.parse('2026-11-21T04:00:00.000Z')
const full: StoredDraft = {
  ...emptyDraft('01934a5b-1c2d-7e3f-8a4b-5c6d7e8f9a0b'),
  type: 'repair',
  description: '  异响 🔧 \u202Eمرحبا ',
  contactName: '李工',
  contactPhone: '+86 138-0013-8000',
  location: { source: 'typed', name: '', address: '一车间' },
}

test('a complete draft becomes the body of the call', () => {
  const { body } = bodyOf(full, null, now) as { body: object }
  expect(body).toMatchObject({
    description: '异响 🔧 \u202Eمرحبا',
    preferredAt: null,
    equipmentSn: null,
    location: { source: 'typed', address: '一车间' },
  })
})

test('what cannot be stored and cannot be seen is left away instead of being complained about', () => {
  const pasted: StoredDraft = {
    ...full,
    description: '异\u0000响 🔧',
    contactName: '李工🔥'.slice(0, -1),
    equipmentSn: '\u0000',
    location: { source: 'typed', name: '', address: '\udd25一车间\u0000' },
  }
  expect(bodyOf(pasted, null, now)).toMatchObject({
    body: {
      description: '异响 🔧',
      contactName: '李工',
      equipmentSn: null,
      location: { address: '一车间' },
    },
  })
  expect(bodyOf({ ...full, description: '\u0000' }, null, now)).toEqual({ bad: ['description'] })
})

test('each missing field is named', () => {
  expect(bodyOf(emptyDraft('k'.repeat(8)), null, now)).toEqual({
    bad: ['type', 'description', 'contactName', 'contactPhone', 'location'],
  })
  expect(
    bodyOf({ ...full, location: { source: 'typed', name: '', address: '  ' } }, null, now),
  ).toEqual({ bad: ['location'] })
})

test('a time in the past is refused, today in an hour is not', () => {
  expect(
    bodyOf({ ...full, preferredDate: '2026-11-21', preferredTime: '11:00' }, null, now),
  ).toEqual({ bad: ['preferredAt'] })
  expect(
    bodyOf({ ...full, preferredDate: '2026-11-21', preferredTime: '13:00' }, null, now),
  ).toMatchObject({
    body: { preferredAt: '2026-11-21T05:00:00.000Z' },
  })
})

test('the time is meant where the corp is, on a phone in New York too', () =>
  inZone('America/New_York', () => {
    const wanted = { ...full, preferredDate: '2027-01-01', preferredTime: '00:30' }
    expect(bodyOf(wanted, null, now)).toMatchObject({
      body: { preferredAt: '2026-12-31T16:30:00.000Z' },
    })
  }))

test('a location keeps what its source has, and nothing that the contract does not know', () => {
  const at = { latitude: 31.2, longitude: 121.4 }
  expect(
    bodyOf(
      {
        ...full,
        location: { source: 'chosen', name: '东门', address: '88 号', accuracy: 5, ...at },
      },
      null,
      now,
    ),
  ).toMatchObject({
    body: { location: { source: 'chosen', name: '东门', address: '88 号', ...at } },
  })
  expect(
    bodyOf(
      { ...full, location: { source: 'measured', name: '', address: '', accuracy: 30, ...at } },
      null,
      now,
    ),
  ).toMatchObject({
    body: { location: { source: 'measured', accuracy: 30, ...at } },
  })
})

test('a number is taken as it was pasted, and a text that is none is named', () => {
  const typed = (contactPhone: string) => bodyOf({ ...full, contactPhone }, null, now)
  expect(typed('\u202a（０５７１）8888\u200b 8888 转 12\u202c')).toMatchObject({ body: {} })
  expect(typed('13800138000 13900139000')).toEqual({ bad: ['contactPhone'] })
  expect(typed('没有')).toEqual({ bad: ['contactPhone'] })
})

test('a place on the map without an address is where its name says; without both it is named', () => {
  const at = { source: 'chosen' as const, address: '', latitude: 31.2, longitude: 121.4 }
  expect(bodyOf({ ...full, location: { ...at, name: '东门' } }, null, now)).toMatchObject({
    body: { location: { name: '东门', address: '东门' } },
  })
  expect(bodyOf({ ...full, location: { ...at, name: ' ' } }, null, now)).toEqual({
    bad: ['location'],
  })
})

test('the server’s field paths lead to the form’s fields', () => {
  expect(
    ['contactPhone', 'body.location.address', 'photoIds.3', 'type', 'shareId', ''].map(fieldOf),
  ).toEqual(['contactPhone', 'location', 'photoIds', 'type', null, null])
})

test('a stored draft comes back as it was; an odd field alone is lost', () => {
  expect(parseDraft(JSON.parse(JSON.stringify(full)))).toEqual(full)
  expect(parseDraft({ ...full, type: 'party', contactName: 7 })).toEqual({
    ...full,
    type: null,
    contactName: '',
  })
  // JSON writes NaN as null.
  const place = { source: 'measured', name: '', address: '北门', latitude: 31.2, longitude: 121.4 }
  expect(parseDraft({ ...full, location: { ...place, accuracy: null } })).toEqual({
    ...full,
    location: { ...place, accuracy: undefined },
  })
  expect(parseDraft({ ...full, key: 'short' })).toBeNull()
  expect(parseDraft('x')).toBeNull()
  expect(isTouched(emptyDraft('k'))).toBe(false)
  expect(isTouched(full)).toBe(true)
})
