/** WeCom's own viewer, if there is one. It needs absolute addresses. */
interface NativeViewer {
  inWecom: boolean
  previewImage: (urls: string[], current: string) => Promise<void>
}

/**
 * Shows pictures full size. In WeCom the client shows them; elsewhere, or when the client refuses,
 * Vant's viewer is loaded.
 */
export async function showPictures(
  addresses: string[],
  start: number,
  viewer: NativeViewer | null,
): Promise<void> {
  const urls = addresses.map((address) => new URL(address, location.href).href)
  const current = urls[start]
  if (current === undefined) return
  if (viewer?.inWecom) {
    const shown = await viewer.previewImage(urls, current).then(
      () => true,
      () => false,
    )
    if (shown) return
  }
  const { viewPictures } = await import('./picture-viewer.ts')
  viewPictures(urls, start)
}
