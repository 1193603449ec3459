import { BlockList, isIP, isIPv4 } from 'node:net'

/**
 * Returns the part of an address that may be stored: enough to tell providers and places apart, but
 * not households. That is /24 for IPv4 and /48 for IPv6. An IPv4 address in IPv6 notation
 * (`::ffff:203.0.113.7`) counts as IPv4. Returns null when the text is no address.
 */
export function networkOf(address: string): string | null {
  const plain = address.replace(/%.*$/, '')
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(plain)?.[1] ?? plain
  if (isIPv4(mapped)) return `${mapped.split('.').slice(0, 3).join('.')}.0/24`
  if (isIP(plain) !== 6) return null
  if (mappedRange.check(plain, 'ipv6')) return `${mappedOctets(plain)}.0/24`
  return `${groupsOf(plain)
    .slice(0, 3)
    .map((group) => group.toString(16))
    .join(':')}::/48`
}

const mappedRange = new BlockList()
mappedRange.addSubnet('::ffff:0:0', 96, 'ipv6')

/** Returns the first three of the four numbers in `::ffff:cb00:7107`. */
function mappedOctets(address: string): string {
  const [high = 0, low = 0] = groupsOf(address).slice(6)
  return [high >> 8, high & 0xff, low >> 8].join('.')
}

/** Returns the eight groups of an IPv6 address; `::` stands for the missing zeros. */
function groupsOf(address: string): number[] {
  const [left = '', right] = address.split('::')
  const numbers = (part: string) => part.split(':').filter(Boolean).flatMap(groups)
  const before = numbers(left)
  const after = right === undefined ? [] : numbers(right)
  return [...before, ...Array<number>(8 - before.length - after.length).fill(0), ...after]
}

/** The last two groups may be written as an IPv4 address. */
function groups(part: string): number[] {
  if (!part.includes('.')) return [Number.parseInt(part, 16)]
  const [a = 0, b = 0, c = 0, d = 0] = part.split('.').map(Number)
  return [a * 256 + b, c * 256 + d]
}
