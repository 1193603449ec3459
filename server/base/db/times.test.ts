import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeTestApp, type TestApp } from '../../testing/test-app.ts'
import { isoOf } from './times.ts'

let app: TestApp

beforeAll(async () => {
  app = await makeTestApp()
})
afterAll(() => app.stop())

const anyTime = fc.date({
  min: new Date('0001-01-01T00:00:00Z'),
  max: new Date('9999-12-31T23:59:59.999Z'),
  noInvalidDate: true,
})

test('a time as the database writes it is the one that was stored, whatever the zone of the connection', async () => {
  const client = await app.db.$client.connect()
  try {
    for (const zone of ['UTC', 'Asia/Shanghai', 'America/St_Johns']) {
      await client.query(`set timezone = '${zone}'`)
      await fc.assert(
        fc.asyncProperty(fc.array(anyTime, { minLength: 1, maxLength: 50 }), async (times) => {
          const sent = times.map((time) => time.toISOString())
          const { rows } = await client.query<{ time: string }>({
            text: 'select time::text from unnest($1::timestamptz[]) with ordinality as given(time, n) order by n',
            values: [sent],
          })
          expect(rows.map(({ time }) => isoOf(time))).toEqual(sent)
        }),
        { numRuns: 20 },
      )
    }
  } finally {
    client.release(true)
  }
})

test('what is finer than a millisecond is cut off, as Date does it', () => {
  expect(isoOf('2026-11-27 20:36:08.123999+00')).toBe('2026-11-27T20:36:08.123Z')
  expect(isoOf('2026-11-27 20:36:08.1+00')).toBe('2026-11-27T20:36:08.100Z')
  expect(isoOf('2026-11-27 20:36:08+00')).toBe('2026-11-27T20:36:08.000Z')
})
