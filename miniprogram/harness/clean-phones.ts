import { afterEach, expect } from 'vitest'
import type { Phone } from './phone.ts'

/** After each test, no phone may have recorded a violation of WeChat's rules. */
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
