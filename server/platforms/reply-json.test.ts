import fc from 'fast-check'
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { list, number, optionalNumber, optionalText, readLenient, text } from './lenient.ts'
import { readReplyJson } from './reply-json.ts'

describe('the text of a reply', () => {
  it.each([
    ['a raw control character in a name', '{"name":"林\u0010悦","n":1}', { name: '林悦', n: 1 }],
    ['a raw line end in a remark', '{"remark":"一\n二\t三"}', { remark: '一\n二\t三' }],
    ['a raw U+0000', '{"name":"a\u0000b"}', { name: 'ab' }],
    [
      'a lone backslash',
      String.raw`{"name":"C:\dir \u4e2d \"x\" \\"}`,
      { name: 'C:\\dir 中 "x" \\' },
    ],
    ['a byte order mark', '\ufeff{"errcode":0}', { errcode: 0 }],
    [
      'NaN, but not within a text',
      '{"a":NaN,"b":-Infinity,"c":"NaN"}',
      { a: null, b: null, c: 'NaN' },
    ],
    ['half an emoji', String.raw`{"name":"悦\ud83d"}`, { name: '悦\ufffd' }],
    ['an escaped U+0000 and U+0010', String.raw`{"name":"a\u0000b\u0010c"}`, { name: 'abc' }],
  ])('is read with %s', (_, json, value) => {
    expect(readReplyJson(json)?.value).toEqual(value)
  })

  it('says what had to be mended, and nothing of a proper reply', () => {
    expect(readReplyJson('\ufeff{"a":"\u0001","b":NaN}')?.odd).toEqual([
      'byte_order_mark',
      'control_characters',
      'not_a_number',
    ])
    expect(readReplyJson(String.raw`{"a":"\n"}`)?.odd).toEqual([])
  })

  it.each(['<html>', '', '{"a":', '{"a" 1}', "{'a':1}"])('%s is no reply', (json) => {
    expect(readReplyJson(json)).toBeUndefined()
  })

  it('is read alike whether a control character came escaped or raw, wherever it stands', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.nat({ max: 0x1f }),
        fc.string({ unit: 'binary' }),
        (before, code, after) => {
          const value = { name: before + String.fromCharCode(code) + after, list: [before] }
          const escaped = JSON.stringify(value)
          const raw = escaped.replace(/\\(?:u00[01][\da-f]|[bfnrt])|\\./g, (one) =>
            one === '\\"' || one === '\\\\' || one.startsWith('\\ud') || one === '\\u'
              ? one
              : (JSON.parse(`"${one}"`) as string),
          )
          expect(readReplyJson(raw)?.value).toEqual(readReplyJson(escaped)?.value)
        },
      ),
    )
  })
})

describe('an odd detail of a reply', () => {
  const Reply = v.object({
    id: text,
    seconds: number,
    name: optionalText,
    age: optionalNumber(7),
    tags: list(v.object({ label: text, phones: list(text) })),
  })
  const read = (value: unknown) => {
    const { result, odd } = readLenient(Reply, value)
    return { output: result.success ? result.output : null, odd: [...odd].sort() }
  }

  it('takes its default, and the rest stays', () => {
    const tags = [{ label: '甲', phones: ['1', '2'] }, null, { label: '' }, 'x', { label: '乙' }]
    expect(read({ id: 'a', seconds: '7200', name: {}, age: 'old', tags })).toEqual({
      output: {
        id: 'a',
        seconds: 7200,
        name: '',
        age: 7,
        tags: [
          { label: '甲', phones: ['1', '2'] },
          { label: '乙', phones: [] },
        ],
      },
      odd: ['item', 'number', 'text'],
    })
  })

  it('may be null or missing for a list and a text, and a number for a text', () => {
    expect(read({ id: 12, seconds: 1, name: null, tags: null })).toEqual({
      output: { id: '12', seconds: 1, name: '', age: 7, tags: [] },
      odd: ['list'],
    })
    expect(read({ id: 'a', seconds: 1 })).toEqual({
      output: { id: 'a', seconds: 1, name: '', age: 7, tags: [] },
      odd: [],
    })
  })

  it.each([
    { id: '', seconds: 1 },
    { id: null, seconds: 1 },
    { id: 'a', seconds: 'soon' },
    null,
    [],
  ])('is no detail when the reply means nothing without it: %j', (value) => {
    expect(read(value).output).toBeNull()
  })
})
