import { afterEach, expect } from 'vitest'
import type { Phone } from './phone.ts'

/** After each test no phone may have seen what WeChat would refuse. */
export function useCleanPhones() {
  const phones: Phone[] = []
  afterEach(() => {
    const violations = phones.splice(0).flatMap((phone) => phone.violations)
    expect(violations).toEqual([])
  })
  return {
    add(phone: Phone): Phone {
      phones.push(phone)
      return phone
    },
  }
}
