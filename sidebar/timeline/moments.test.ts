import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Moment } from '../../shared/contract/timeline.ts'
import { aMoment, aShare, id } from '../testing/world.ts'
import { isBounce, place, presentOnce, rowsOf, settled, viewOf } from './moments.ts'

const arrivals = fc.array(
  fc.record({ number: fc.integer({ min: 0, max: 12 }), revision: fc.integer({ min: 1, max: 5 }) }),
  {
    maxLength: 60,
  },
)

describe('placing moments', () => {
  it('in any order, repeated and overtaken, ends in the same list: newest first, each once, in its latest state', () => {
    fc.assert(
      fc.property(arrivals, (list) => {
        const moments = list.map(({ number, revision }) =>
          aMoment(number % 7, { id: id(number), revision }),
        )
        const forth: Moment[] = []
        const back: Moment[] = []
        for (const moment of moments) place(forth, moment, false)
        for (const moment of [...moments].reverse()) place(back, moment, false)
        const latest = new Map<string, number>()
        for (const { id: itself, revision } of moments)
          latest.set(itself, Math.max(revision, latest.get(itself) ?? 0))
        expect(forth.map(({ id: itself, revision }) => [itself, revision])).toEqual(
          back.map(({ id: itself, revision }) => [itself, revision]),
        )
        expect(new Map(forth.map(({ id: itself, revision }) => [itself, revision]))).toEqual(latest)
        const sorted = [...forth].sort((a, b) =>
          a.occurredAt === b.occurredAt
            ? a.id < b.id
              ? 1
              : -1
            : a.occurredAt < b.occurredAt
              ? 1
              : -1,
        )
        expect(forth).toEqual(sorted)
      }),
    )
  })

  it('moves a moment whose beginning was set back by a late report, and shows it once', () => {
    const list = [aMoment(1), aMoment(2), aMoment(3)]
    const moved = {
      ...aMoment(1),
      revision: aMoment(1).revision + 1,
      occurredAt: aMoment(3).occurredAt.replace(/\d\d\dZ$/, '999Z'),
    }
    expect(place(list, moved, false)).toBe('updated')
    expect(
      list.map(({ id: itself }) => itself).filter((itself) => itself === moved.id),
    ).toHaveLength(1)
    expect(list.indexOf(moved)).toBeGreaterThan(0)
  })

  it('leaves a moment of a page that is not loaded yet to that page', () => {
    const list = [aMoment(1), aMoment(2)]
    expect(place(list, aMoment(9), true)).toBe('none')
    expect(place(list, aMoment(9), false)).toBe('added')
  })

  it('says «reading now» for as long as the server said, by our own clock', () => {
    const reading = { activeSeconds: 5, depth: null, ongoing: true }
    const list = [
      aMoment(1, { view: { ...reading, presentForMs: 4_000 } }),
      aMoment(2, { view: { ...reading, presentForMs: 1_500 } }),
    ]
    const heard = new Map()
    expect(settled(list, heard, 0)).toBeNull()
    expect(settled(list, heard, 1_499)).toBeNull()
    const first = settled(list, heard, 1_500)
    expect(first?.map(({ view }) => view?.ongoing)).toEqual([true, false])
    expect(settled(list.slice(0, 1), heard, 3_999)).toBeNull()
    // A report in between starts the time anew.
    const again = list.slice(0, 1).map((one) => ({ ...one, revision: one.revision + 1 }))
    expect(settled(again, heard, 4_000)).toBeNull()
    expect(settled(again, heard, 7_999)).toBeNull()
    expect(settled(again, heard, 8_000)?.[0]?.view?.ongoing).toBe(false)
  })

  it('says «reading now» once for two tabs of one reader, and for each unknown reader', () => {
    const view = { activeSeconds: 5, depth: null, ongoing: true }
    const stranger = (number: number) => ({ id: id(number), kind: 'openid', label: 'o' })
    const other = aMoment(0).material
    const list = [
      aMoment(1, { view }),
      aMoment(2, { view }),
      aMoment(3, { view, material: other && { ...other, id: id(501) } }),
      aMoment(4, { view, confirmed: false, identity: stranger(2) }),
      aMoment(5, { view, confirmed: false, identity: stranger(3) }),
      aMoment(6, { view, confirmed: false, identity: stranger(3) }),
    ]
    expect(presentOnce(list).map((moment) => moment.view?.ongoing)).toEqual([
      true,
      false,
      true,
      true,
      true,
      false,
    ])
  })
})

describe('repeats of one sitting', () => {
  const visit = (minute: number, part: Partial<Moment> = {}) =>
    aMoment(minute, { share: aShare, ...part })
  const another = { id: id(501), kind: 'article' as const, title: '选型手册', coverUrl: null }
  const seen = (activeSeconds: number, reached: number, ongoing = false) => ({
    activeSeconds,
    depth: { unit: 'percent' as const, reached, total: 100 },
    ongoing,
  })
  const gist = (list: readonly Moment[]) =>
    rowsOf(list).flatMap((row) => (row.type === 'moment' ? row.repeats.length : []))

  it('are one row with the longest time and the furthest depth, at the place of the newest', () => {
    const [first, second, third] = [
      visit(0, { view: seen(3, 10) }),
      visit(5, { view: seen(240, 60) }),
      visit(20, { view: seen(60, 90) }),
    ]
    const rows = rowsOf([first, second, third])
    expect(rows).toHaveLength(2)
    expect(rows[1]).toMatchObject({ moment: first, repeats: [first, second, third], position: 1 })
    expect(viewOf([first, second, third])).toEqual(seen(240, 90))
    expect(viewOf([visit(0, { view: seen(9, 50, true) }), second])).toMatchObject({ ongoing: true })
  })

  it('end with a pause of more than half an hour, at midnight, and with another material or push', () => {
    expect(gist([visit(0), visit(30)])).toEqual([2])
    expect(gist([visit(0), visit(31)])).toEqual([1, 1])
    expect(gist([visit(0), visit(30), visit(60)])).toEqual([3])
    const midnight = { ...visit(0), occurredAt: '2026-11-20T16:00:00.000Z' }
    expect(gist([midnight, { ...visit(1), occurredAt: '2026-11-20T15:59:59.000Z' }])).toEqual([
      1, 1,
    ])
    expect(gist([visit(0), aMoment(1), visit(2)])).toEqual([2, 1])
    expect(gist([visit(0), visit(1, { material: another })])).toEqual([1, 1])
  })

  it('of two strangers stay apart; of two devices of the customer they are one', () => {
    const other = { id: id(2), kind: 'openid', label: 'oK2…c88' }
    expect(gist([visit(0), visit(1, { identity: other })])).toEqual([2])
    const strange = { confirmed: false }
    expect(gist([visit(0, strange), visit(1, { ...strange, identity: other })])).toEqual([1, 1])
    expect(gist([visit(0), visit(1, strange)])).toEqual([1, 1])
  })

  it('include taps of one button, and no orders or pushes', () => {
    const tap = (minute: number, item = 'workorder.new') =>
      visit(minute, { kind: 'menu.click', view: null, item })
    expect(gist([tap(0), tap(1), tap(2, '预约参观'), tap(3)])).toEqual([3, 1])
    const push = (minute: number) =>
      visit(minute, { kind: 'material.push', view: null, push: { opened: false } })
    expect(gist([push(0), push(1)])).toEqual([1, 1])
    const order = (minute: number) => visit(minute, { kind: 'workorder.submit', view: null })
    expect(gist([order(0), order(1)])).toEqual([1, 1])
  })

  it('a short visit is a bounce, unless it goes on or reached the end', () => {
    expect(isBounce(seen(4, 20))).toBe(true)
    expect(isBounce({ ...seen(0, 0), depth: null })).toBe(true)
    expect(isBounce(seen(4, 20, true))).toBe(false)
    expect(isBounce(seen(3, 100))).toBe(false)
    expect(isBounce(seen(5, 20))).toBe(false)
  })
})
