import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { folded, foldedCode, foldedWords, visible } from './folded.ts'

describe('a text is compared', () => {
  it.each([
    ['width of letters, digits and signs', 'ＬＣ－７５ ＶＰＭ（２０％）', 'lc-75 vpm(20%)'],
    ['case, whatever the script', 'ΟΔΟΣ Straße ÉTÉ', 'οδος STRASSE été'],
    ['half-width katakana', 'ｶﾞｽ', 'ガス'],
    ['zero-width spaces, joiners and marks', 'a\u200bb\u200d\u2060c\ufeff', 'abc'],
    ['directions of writing', '\u202a138\u202c\u2066 x\u2069', '138 x'],
    ['soft hyphens and variation selectors', 'Kom\u00adpressor ❤\ufe0f', 'kompressor ❤'],
    ['kinds of blanks', ' a\u3000b\u00a0\n c\t', 'a b c'],
    ['parts of a letter', 'e\u0301', 'é'],
  ])('without its %s', (_, one, other) => {
    expect(folded(one)).toBe(folded(other))
  })

  it('and other letters, digits and signs stay what they are', () => {
    expect(folded('甲-1')).not.toBe(folded('甲-2'))
    expect(folded('1-11')).not.toBe(folded('11-1'))
    expect(folded('A，B')).toBe('a,b')
  })

  it('in a form that folding again does not change', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(folded(folded(text))).toBe(folded(text))
        expect(visible(visible(text))).toBe(visible(text))
      }),
      { numRuns: 2000 },
    )
  })
})

it('a search is split at every kind of blank and has no empty words', () => {
  expect(foldedWords(' 节能\u3000ＶＰＭ \u200b ')).toEqual(['节能', 'vpm'])
  expect(foldedWords('\u200b \u3000')).toEqual([])
})

it('a code on a machine is compared without blanks, and with one kind of dash', () => {
  for (const typed of [
    'lc-2024-0815',
    ' LC–2024—0815',
    'ＬＣ－２０２４−０８１５',
    'LC-2024 -\u200b0815',
  ])
    expect(foldedCode(typed)).toBe('lc-2024-0815')
  expect(foldedCode('1-11')).not.toBe(foldedCode('11-1'))
})
