import type { ComponentInternalInstance } from 'vue'

export interface Rect {
  /** From the top of the window, so it is negative above it. */
  top: number
  width: number
  height: number
}

/** Returns the place of a component's element; null when it is not on screen. */
export function rectOf(
  selector: string,
  instance: ComponentInternalInstance | null,
): Promise<Rect | null> {
  return new Promise((resolve) => {
    uni
      .createSelectorQuery()
      .in(instance?.proxy)
      .select(selector)
      .boundingClientRect((node) => {
        const { top, width, height } = (Array.isArray(node) ? node[0] : node) ?? {}
        resolve(
          typeof top === 'number' && typeof height === 'number' && height > 0
            ? { top, width: width ?? 0, height }
            : null,
        )
      })
      .exec()
  })
}
