/** WeCom's own viewer, where there is one; the addresses must be absolute for it. */
interface NativeViewer {
  inWecom: boolean
  previewImage: (urls: string[], current: string) => Promise<void>
}

/**
 * Shows pictures full size: in WeCom by the client, elsewhere (or when the client refuses) by
 * Vant's viewer, which is loaded then.
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
