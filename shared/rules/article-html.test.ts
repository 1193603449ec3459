import { expect, test } from 'vitest'
import { articleHtml } from './article-html.ts'

const absolute = (url: string) => (url.startsWith('http') ? url : `https://host${url}`)

test('paragraphs and headings bring their own style, because rich-text knows none of the page', () => {
  expect(articleHtml('<p>一</p>', absolute)).toBe('<p style="margin:0 0 16px">一</p>')
})

test('pictures fit the page and have full addresses', () => {
  const html = articleHtml('<img src="/files/a.png" alt="图">', absolute)
  expect(html).toContain('src="https://host/files/a.png"')
  expect(html).toContain('max-width:100%')
  expect(html).toContain('alt="图"')
})

test("the author's own style comes after ours", () => {
  expect(articleHtml('<p class="x" style="color:red">一</p>', absolute)).toBe(
    '<p style="margin:0 0 16px;color:red" class="x">一</p>',
  )
})

test('other elements and text that looks like tags stay as they are', () => {
  const html = '<span>1 &lt; 2</span><strong>粗</strong></p>'
  expect(articleHtml(html, absolute)).toBe(html)
})

test('each table scrolls in a box of its own, so that no page is wider than the phone', () => {
  const html = articleHtml('<table><tr><td>一</td></tr></table><p>二</p><table></table>', absolute)
  const box = '<div style="margin:0 0 16px;overflow-x:auto" tabindex="0"><table '
  expect(html.split(box)).toHaveLength(3)
  expect(html.match(/<\/table><\/div>/g)).toHaveLength(2)
  expect(html).not.toContain('width:100%;margin')
})

test('code keeps its lines and scrolls too', () => {
  expect(articleHtml('<pre>a  b</pre>', absolute)).toContain('overflow-x:auto;white-space:pre;')
})

test('each of several pictures gets its full address', () => {
  const html = articleHtml('<img src="/files/a"><p><img alt="" src="/files/b"></p>', absolute)
  expect(html.match(/src="[^"]*"/g)).toEqual([
    'src="https://host/files/a"',
    'src="https://host/files/b"',
  ])
})
