import { expect, test } from 'vitest'
import { compileWxss } from './node/wxss.ts'

function compile(text: string, scope?: string, others: Record<string, string> = {}): string {
  const files = new Map([['ui/a.wxss', text], ...Object.entries(others)])
  return compileWxss({ path: 'ui/a.wxss', files, ...(scope !== undefined && { scope }) })
}

test('rpx are 750ths of the width of the screen, but not in texts and addresses', () => {
  expect(compile('.a{margin:-20rpx 0.5rpx}')).toBe(
    '.a{margin:calc(-20 * 100vw / 750) calc(0.5 * 100vw / 750)}',
  )
  expect(compile('@media (min-width:600rpx){.a{top:0}}')).toContain('calc(600 * 100vw / 750)')
  expect(compile('.a{content:"20rpx";background:url(/20rpx.png)}')).toBe(
    '.a{content:"20rpx";background:url(/20rpx.png)}',
  )
})

test('a tag is the element that stands for it on the phone, also the page itself', () => {
  expect(compile('page,view>text:first-child{color:red}')).toBe(
    'wx-page,wx-view>wx-text:first-child{color:red}',
  )
})

test('the classes of an isolated component carry its name, those of a page do not', () => {
  const rules = '.cell.on>.cell-icon:not(.off){color:red}'
  expect(compile(rules, 'ui-a')).toBe(
    '.ui-a--cell.ui-a--on>.ui-a--cell-icon:not(.ui-a--off){color:red}',
  )
  expect(compile(rules)).toBe(rules)
})

test('the steps of an animation are no tags', () => {
  const frames = '@keyframes breathe{from{opacity:1}50%{opacity:.5}to{opacity:1}}'
  expect(compile(frames, 'ui-a')).toBe(frames)
})

test('an imported sheet stands where it is imported, with the same name', () => {
  expect(compile('@import "../b.wxss";.a{top:0}', 'ui-a', { 'b.wxss': '.b{left:1rpx}' })).toBe(
    '.ui-a--b{left:calc(1 * 100vw / 750)}.ui-a--a{top:0}',
  )
  expect(() => compile('@import "./missing.wxss";')).toThrow('there is no ui/missing.wxss')
  expect(() => compile('@import "./a.wxss";')).toThrow('imports itself')
})
