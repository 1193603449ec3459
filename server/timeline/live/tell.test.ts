import { describe, expect, test } from 'vitest'
import { makeTeller } from './tell.ts'

/** Returns deliveries that end when the test says so. */
function makeLine() {
  const sent: string[][][] = []
  let end: ((error?: Error) => void) | undefined
  const teller = makeTeller((payloads) => {
    sent.push(payloads.map((payload) => (JSON.parse(payload) as { of: string[] }).of))
    return new Promise((resolve, reject) => (end = (error) => (error ? reject(error) : resolve())))
  }, 1)
  return { teller, sent, arrive: (error?: Error) => end?.(error) }
}

const ids = (count: number) =>
  Array.from(
    { length: count },
    (_, index) => `019a0000-0000-7000-8000-${String(index).padStart(12, '0')}`,
  )

describe('telling every process whose moments changed', () => {
  test('begins at once, and gathers what comes while a notice is under way', async () => {
    const { teller, sent, arrive } = makeLine()
    teller.tell(['a'])
    expect(sent).toEqual([[['a']]])
    teller.tell(['b', 'c'])
    teller.tell(['b'])
    expect(sent).toHaveLength(1)
    arrive()
    await expect.poll(() => sent).toEqual([[['a']], [['b', 'c']]])
  })

  test('says nothing when nobody is named', () => {
    const { teller, sent } = makeLine()
    teller.tell([])
    expect(sent).toEqual([])
  })

  test('cuts many names into notices that PostgreSQL takes', () => {
    const { teller, sent } = makeLine()
    teller.tell(ids(1_000))
    expect(sent[0]?.flat()).toEqual(ids(1_000))
    for (const of of sent[0] ?? []) expect(JSON.stringify({ of }).length).toBeLessThan(8_000)
  })

  test('goes on after a notice that did not arrive', async () => {
    const { teller, sent, arrive } = makeLine()
    teller.tell(['a'])
    arrive(new Error('the database is away'))
    teller.tell(['b'])
    await expect.poll(() => sent).toEqual([[['a']], [['b']]])
  })
})
