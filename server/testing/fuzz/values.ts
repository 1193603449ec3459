import fc from 'fast-check'

const longText = 'x'.repeat(10_000)

/** Texts that break programs: each has broken one. */
export const nastyTexts: readonly string[] = [
  '',
  ' ',
  '\u0000',
  'a\u0000b',
  '\ud800',
  'a\udc00',
  '\ud83d\ude00',
  '\ufeff',
  '\u200b\u202e',
  'ｆｕｌｌ １２３',
  "'; drop table persons; --",
  '%',
  '%%%_\\',
  '\\',
  '"',
  '<script>',
  '${1}',
  '../../etc/passwd',
  '__proto__',
  'constructor',
  'toString',
  'null',
  'undefined',
  'NaN',
  'Infinity',
  '-0',
  '1e999',
  '99999999999999999999999',
  '-1',
  '0x10',
  '2026-02-30T00:00:00.000Z',
  '0000-01-01T00:00:00.000Z',
  '9999-12-31T23:59:59.999Z',
  '+275760-09-13T00:00:00.000Z',
  '-000001-01-01T00:00:00.000Z',
  '1969-12-31T23:59:59.999Z',
  'true',
  '[]',
  '{}',
  longText,
  '中'.repeat(500),
]

/** Values where JSON expects something else. */
const nastyValues: readonly unknown[] = [
  null,
  true,
  0,
  -0,
  -1,
  0.1,
  2 ** 31,
  2 ** 53,
  2 ** 63,
  1e308,
  5e-324,
  [],
  {},
  [[]],
  [null],
  { toString: 1 },
  ...nastyTexts,
]

export const nastyText = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...nastyTexts) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
)

export const nastyValue = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...nastyValues) },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
  { weight: 1, arbitrary: fc.double() },
)

/** Cursors and resume positions: the right envelope with anything inside, or none at all. */
export const nastyCursor = fc.oneof(
  fc
    .array(fc.oneof(nastyValue, fc.constantFrom('1:1:', '5:9:6,7', '7:3:', '3:9:9,8')), {
      maxLength: 4,
    })
    .map((parts) => Buffer.from(JSON.stringify(parts)).toString('base64url')),
  fc
    .tuple(
      fc.constantFrom('1:1:', '5:9:6,7', '7:3:', '9223372036854775807:9223372036854775807:'),
      fc.constantFrom(null, '1:2:', '999999999999999999:9999999999999999999:'),
      fc.constantFrom(0, -1, 1.5, 2 ** 53 - 1, 2 ** 53, '7'),
    )
    .map((parts) => Buffer.from(JSON.stringify(parts)).toString('base64url')),
  fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes).toString('base64url')),
  nastyText,
)

/** As in an address. Half a character cannot be encoded; the replacement sign stands for it. */
export function encoded(text: string): string {
  return encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\ufffd'))
}

/** What may stand in a part of an address: encoded, encoded wrongly, or not at all. */
export const nastyPart = fc.oneof(
  nastyText.map((text) => encoded(text)),
  fc.constantFrom(
    '%',
    '%zz',
    '%00',
    '%ED%A0%80',
    '%C0%AF',
    '%FF%FE',
    '%F4%90%80%80',
    '..%2f..%2fetc%2fpasswd',
    '%2e%2e',
    '.',
    '..',
    '%25',
    '%0d%0aSet-Cookie:a=b',
    ';',
    ':id',
    '(.*)',
    'é',
  ),
)

/** The value of a header, as bytes that HTTP lets through. */
const nastyHeader = fc.oneof(
  nastyText.map(headerSafe),
  nastyCursor.map(headerSafe),
  fc.constantFrom(
    ',',
    ';',
    '=',
    ';;=;=',
    '"',
    'Bearer',
    'Bearer ',
    'Bearer a.b',
    'Bearer .',
    'Bearer eyJrIjoidmlzaXRvciJ9.AAAA',
    'Basic YTpi',
    'chatside_member=a.b',
    'bytes=0-',
    'bytes=-1',
    'bytes=99999999999999999999-',
    'bytes=5-1',
    'bytes=0-0,1-1',
    '*',
    'W/"x"',
    '*/*;q=9',
    'zh-CN,zh;q=0.9,en;q=x',
    '::1',
    '999.1.1.1',
    'text/html; charset=utf-7',
    'application/json; charset=utf-16',
    'application/x+json',
    'multipart/form-data; boundary=x',
    'multipart/form-data; boundary=',
    'gzip, br, zstd, *;q=0',
    'Sat, 99 Nov 2026 99:99:99 GMT',
    '0',
  ),
)

function headerSafe(text: string): string {
  return Buffer.from(text.slice(0, 2_000))
    .toString('latin1')
    .replace(/[^\t\x20-\x7e\x80-\xff]/g, '')
}

const headerNames = [
  'authorization',
  'cookie',
  'content-type',
  'accept',
  'accept-language',
  'accept-encoding',
  'idempotency-key',
  'last-event-id',
  'range',
  'if-range',
  'if-none-match',
  'if-modified-since',
  'cache-control',
  'origin',
  'referer',
  'sec-fetch-site',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-request-id',
  'x-http-method-override',
  'user-agent',
  'host',
  'expect',
]

export const nastyHeaders = fc
  .array(fc.tuple(fc.constantFrom(...headerNames), nastyHeader), { maxLength: 4 })
  .map((pairs): Record<string, string> => Object.fromEntries(pairs))

/** Bodies that are no JSON of ours. */
export const nastyBody = fc.oneof(
  nastyValue.map((value) => Buffer.from(JSON.stringify(value) ?? '')),
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
  fc
    .constantFrom(
      '',
      '{',
      '[[[[',
      '{"a":1,"a":2}',
      '{"__proto__":{"admin":true}}',
      '1e999',
      '-',
      '"\\ud800"',
      '"\\u0000"',
      '\ufeff{}',
      `${'['.repeat(20_000)}${']'.repeat(20_000)}`,
      `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`,
      `[${'1,'.repeat(50_000)}1]`,
      '--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n\r\n--x--\r\n',
      '<xml><Encrypt><![CDATA[AAAA]]></Encrypt></xml>',
    )
    .map((text) => Buffer.from(text)),
)
