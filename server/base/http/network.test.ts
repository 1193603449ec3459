import fc from 'fast-check'
import { isIP } from 'node:net'
import { expect, it } from 'vitest'
import { networkOf } from './network.ts'

it.each([
  ['203.0.113.77', '203.0.113.0/24'],
  ['::ffff:203.0.113.77', '203.0.113.0/24'],
  ['::FFFF:203.0.113.77', '203.0.113.0/24'],
  ['::ffff:cb00:714d', '203.0.113.0/24'],
  ['0:0:0:0:0:ffff:cb00:714d', '203.0.113.0/24'],
  ['2001:db8:85a3:8d3:1319:8a2e:370:7348', '2001:db8:85a3::/48'],
  ['2001:db8::1', '2001:db8:0::/48'],
  ['2001:db8:85a3::', '2001:db8:85a3::/48'],
  ['::1', '0:0:0::/48'],
  ['fe80::1%eth0', 'fe80:0:0::/48'],
  ['64:ff9b::203.0.113.77', '64:ff9b:0::/48'],
])('of %s only %s is kept', (address, network) => {
  expect(networkOf(address)).toBe(network)
})

it('keeps nothing of what is no address', () => {
  for (const text of ['', 'localhost', '203.0.113', '203.0.113.777', '1:2:3', 'unknown'])
    expect(networkOf(text)).toBeNull()
})

it('never keeps the household: whoever differs only in the last bits is kept alike', () => {
  fc.assert(
    fc.property(fc.ipV4(), fc.nat(255), (address, last) => {
      expect(networkOf(address)).toBe(networkOf(address.replace(/\d+$/, String(last))))
    }),
  )
  fc.assert(
    fc.property(fc.ipV6(), (address) => {
      const network = networkOf(address) ?? ''
      expect(isIP(network.replace(/\/\d+$/, ''))).toBeGreaterThan(0)
    }),
  )
})
