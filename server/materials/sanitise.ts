import sanitize, { type Tag } from 'sanitize-html'

const ourImage =
  /^(?:https?:\/\/[^/]+)?\/files\/([0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12})$/

export const mostArticleCharacters = 500_000
/** Browsers stop nesting near it, and a parser looks through the open elements at each end tag. */
export const mostOpenElements = 500

const endless = /^(?:area|base|br|col|embed|hr|img|input|link|meta|source|wbr)$/

/**
 * Returns how many elements are open at once, at most: never fewer than a parser holds. It reads
 * once and counts by name, so that no content makes it slow.
 */
export function openElements(html: string): number {
  const open = new Map<string, number>()
  let now = 0
  let most = 0
  for (const [, slash, name = ''] of html.toLowerCase().matchAll(/<(\/?)([a-z][^\s/>]*)/g)) {
    const step = slash === '' ? 1 : -1
    const others = open.get(name) ?? 0
    if (endless.test(name) || others + step < 0) continue
    open.set(name, others + step)
    now += step
    most = Math.max(most, now)
  }
  return most
}

/**
 * Returns the ids of the files that an article shows as images, each once, in their order. Only
 * images from our own files are kept. The same parser reads them that writes the article.
 */
export function imagesIn(html: string): string[] {
  const ids = new Set<string>()
  sanitize(html, {
    allowedTags: ['img'],
    nonTextTags,
    transformTags: {
      img: (_, { src = '' }) => {
        const id = ourImage.exec(src)?.[1]
        if (id !== undefined) ids.add(id)
        return tag('img', {})
      },
    },
  })
  return [...ids]
}

/** Elements that are dropped with what they hold. */
const nonTextTags = [
  'script',
  'style',
  'textarea',
  'option',
  'noscript',
  'iframe',
  'object',
  'svg',
  'math',
  'template',
  'title',
]

/**
 * Returns the article with allowed content only: text, lists, tables, http(s) links and our own
 * images. It drops scripts, handlers, styles, frames, forms and foreign images, which would tell a
 * stranger who reads. Images become `/files/<id>` with their size, so that a page can reserve the
 * room.
 */
export function sanitiseArticle(
  html: string,
  images: ReadonlyMap<string, { width: number; height: number }>,
): string {
  return sanitize(html, {
    allowedTags: [
      ...[
        'p',
        'h2',
        'h3',
        'h4',
        'blockquote',
        'pre',
        'hr',
        'br',
        'ul',
        'ol',
        'li',
        'table',
        'thead',
        'tbody',
        'tr',
        'th',
        'td',
      ],
      ...['strong', 'b', 'em', 'i', 'u', 's', 'sub', 'sup', 'code', 'span', 'a', 'img'],
    ],
    allowedAttributes: {
      a: ['href', 'rel'],
      img: ['src', 'alt', 'width', 'height'],
      th: ['colspan', 'rowspan'],
      td: ['colspan', 'rowspan'],
    },
    allowedSchemes: ['http', 'https'],
    allowProtocolRelative: false,
    disallowedTagsMode: 'discard',
    nonTextTags,
    transformTags: {
      h1: 'h2',
      a: (_, { href = '' }) =>
        /^https?:\/\//i.test(href)
          ? tag('a', { href, rel: 'noopener noreferrer' })
          : tag('span', {}),
      img: (_, { src = '', alt = '' }) => {
        const id = ourImage.exec(src)?.[1]
        const size = id === undefined ? undefined : images.get(id)
        return size
          ? tag('img', {
              src: `/files/${id}`,
              alt,
              width: String(size.width),
              height: String(size.height),
            })
          : tag('span', {})
      },
    },
  })
}

function tag(tagName: string, attribs: Record<string, string>): Tag {
  return { tagName, attribs }
}

/** Returns the article for readers: its images have addresses that work from everywhere. */
export function withImageAddresses(html: string, addressOf: (fileId: string) => string): string {
  return html.replace(
    /(<img src=")\/files\/([0-9a-f-]{36})"/g,
    (_, start: string, id: string) => `${start}${addressOf(id)}"`,
  )
}
