import { expect, test } from 'vitest'
import { kept, Memory } from './kept.ts'

test('one thing in memory has one owner, and is not read before it was opened', () => {
  const memory = new Memory()
  const names = kept<string[]>('names')
  expect(() => memory.get(names)).toThrow('names is not opened')
  memory.keep(names, ['Lin'])
  expect(() => memory.keep(names, [])).toThrow('names is opened twice')
  expect(memory.get(names)).toEqual(['Lin'])
  // The name is for people; two things with one name are two things.
  expect(() => memory.get(kept('names'))).toThrow('is not opened')
})
