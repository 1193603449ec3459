const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
const bare = /^[0-9a-f]{32}$/

/**
 * Returns the share in a page's query: `share=<uuid>` from a card, or `scene=<uuid without dashes>`
 * from a mini-program code, whose scene holds at most 32 characters (getwxacodeunlimit). Null when
 * the link is damaged.
 */
export function shareIdOf(query: { share?: string; scene?: string }): string | null {
  if (query.share !== undefined && uuid.test(query.share)) return query.share
  // A scene of ours has neither dashes nor percent signs, so it needs no decoding.
  const scene = query.scene ?? ''
  if (!bare.test(scene)) return null
  return [
    scene.slice(0, 8),
    scene.slice(8, 12),
    scene.slice(12, 16),
    scene.slice(16, 20),
    scene.slice(20),
  ].join('-')
}
