/**
 * How an article looks, for the customer and in the rep's preview. The page's tag selectors do not
 * reach into a mini program's `rich-text`, so each element gets a style of its own. Colours are
 * inherited or translucent, for dark mode. What is wider than the page scrolls in its own box.
 */
const styles: Record<string, string> = {
  p: 'margin:0 0 16px',
  h1: 'margin:28px 0 12px;font-size:20px;line-height:1.4;font-weight:600',
  h2: 'margin:28px 0 12px;font-size:18px;line-height:1.4;font-weight:600',
  h3: 'margin:24px 0 8px;font-size:17px;line-height:1.4;font-weight:600',
  h4: 'margin:20px 0 8px;font-size:16px;font-weight:600',
  ul: 'margin:0 0 16px;padding-left:22px',
  ol: 'margin:0 0 16px;padding-left:22px',
  li: 'margin:0 0 6px',
  blockquote: 'margin:0 0 16px;padding:4px 0 4px 12px;border-left:3px solid rgba(128,138,152,.45)',
  figure: 'margin:0 0 16px',
  figcaption: 'margin-top:6px;font-size:13px;opacity:.7;text-align:center',
  img: 'display:block;max-width:100%;height:auto;margin:0 auto 16px;border-radius:8px',
  table: 'min-width:100%;border-collapse:collapse;font-size:14px',
  th: 'min-width:4em;padding:6px 8px;border:1px solid rgba(128,138,152,.4);text-align:left;background:rgba(128,138,152,.12)',
  td: 'min-width:4em;padding:6px 8px;border:1px solid rgba(128,138,152,.4)',
  pre: 'margin:0 0 16px;padding:12px;overflow-x:auto;white-space:pre;border-radius:8px;background:rgba(128,138,152,.12);font-size:13px',
  hr: 'margin:24px 0;border:0;border-top:1px solid rgba(128,138,152,.4)',
}

/** A table keeps its width; its box scrolls, by touch, wheel and keyboard. */
const box = '<div style="margin:0 0 16px;overflow-x:auto" tabindex="0">'

/**
 * Makes the server's sanitised HTML readable in `rich-text`: own styles first, then the author's,
 * and pictures with full addresses.
 */
export function articleHtml(html: string, absolute: (url: string) => string): string {
  const styled = html.replace(
    /<([a-z][a-z0-9]*)((?:\s[^<>]*)?)>/gi,
    (tag: string, name: string, rest: string) => {
      const style = styles[name.toLowerCase()]
      const attributes =
        name.toLowerCase() === 'img'
          ? rest.replace(/\ssrc="([^"]*)"/i, (_, src: string) => ` src="${absolute(src)}"`)
          : rest
      if (style === undefined) return tag
      const own = /\sstyle="([^"]*)"/i.exec(attributes)
      const others = own ? attributes.replace(own[0], '') : attributes
      return `<${name} style="${own ? `${style};${own[1]}` : style}"${others}>`
    },
  )
  return styled.replace(/<table\b/gi, `${box}<table`).replace(/<\/table>/gi, '</table></div>')
}

/** Of what holds an article: words longer than a line are broken, those of a table are not. */
export const articleStyle = 'line-height:1.75;overflow-wrap:anywhere'
