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
