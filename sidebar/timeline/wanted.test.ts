import { describe, expect, it } from 'vitest'
import { aMoment, id } from '../testing/world.ts'
import { placeWanted } from './moments.ts'
import { passes, type Wanted } from './wanted.ts'

const at = '2026-11-21T06:00:00.000Z'
const read = aMoment(1, { occurredAt: at })
const order = aMoment(2, { kind: 'workorder.submit', material: null, share: null, view: null })

describe('what is wanted of a timeline', () => {
  it('is everything, unless the rep says otherwise', () => {
    expect([read, order].every((moment) => passes(moment, { kind: 'all' }))).toBe(true)
    expect([read, order].map((moment) => passes(moment, { kind: 'workorder' }))).toEqual([
      false,
      true,
    ])
  })

  it('is one material, whatever the others are about; what is about none is not it', () => {
    const wanted: Wanted = { kind: 'all', material: { id: id(500), title: '折弯机保养指南' } }
    expect(
      [read, aMoment(3, { material: null }), order].map((moment) => passes(moment, wanted)),
    ).toEqual([true, false, false])
    expect(passes(read, { ...wanted, kind: 'share' })).toBe(false)
  })

  it('is what one member handed out, told apart by who they are and not by their name', () => {
    const namesake = {
      ...read,
      share: {
        id: id(601),
        memberUserId: 'zhang2',
        memberName: '张弛',
        contactName: null,
        forwards: 0,
      },
    }
    const wanted: Wanted = { kind: 'all', member: { userId: 'zhang', name: '张弛' } }
    expect([read, namesake, order].map((moment) => passes(moment, wanted))).toEqual([
      true,
      false,
      false,
    ])
  })

  it('begins with the period’s first moment, and ends before its end', () => {
    const within = (from?: string, to?: string) =>
      passes(read, { kind: 'all', period: { choice: 'dates', from, to } })
    expect(within(at)).toBe(true)
    expect(within('2026-11-21T06:00:00.001Z')).toBe(false)
    expect(within(undefined, at)).toBe(false)
    expect(within(undefined, '2026-11-21T06:00:00.001Z')).toBe(true)
  })

  it('is left by a moment whose late report set its beginning back before the period', () => {
    const wanted: Wanted = { kind: 'all', period: { choice: 'today', from: at } }
    const list = [read]
    const overtaken = { ...read, revision: 0, occurredAt: '2026-11-21T05:00:00.000Z' }
    expect(placeWanted(list, overtaken, wanted, false)).toBe('none')
    expect(placeWanted(list, { ...overtaken, revision: 9 }, wanted, false)).toBe('updated')
    expect(list).toEqual([])
  })
})
