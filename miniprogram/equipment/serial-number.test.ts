import { expect, test } from 'vitest'
import { serialNumberOf } from './serial-number.ts'

test('a label holds the bare number, or an address with it', () => {
  expect(serialNumberOf(' QM-001 ')).toBe('QM-001')
  expect(serialNumberOf('SN：QM-001')).toBe('QM-001')
  expect(serialNumberOf('s/n: QM-001')).toBe('QM-001')
  expect(serialNumberOf('https://qm.example/d?sn=QM%2F001&v=2')).toBe('QM/001')
  expect(serialNumberOf('https://qm.example/sn/QM-001')).toBe('QM-001')
})

test('a code without a number is not taken for one', () => {
  expect(serialNumberOf('https://qm.example/welcome')).toBeNull()
  expect(serialNumberOf('   ')).toBeNull()
  expect(serialNumberOf('x'.repeat(65))).toBeNull()
  expect(serialNumberOf('https://qm.example/?sn=%E0%A4%A')).toBe('%E0%A4%A')
})
