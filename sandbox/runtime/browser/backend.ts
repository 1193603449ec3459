import type { GlassElement } from '../core/glass.ts'
import { makeElement } from './components/all.ts'
import type { Styles } from './styles.ts'

/**
 * Where glass-easel draws: the frame's document, with WeChat's built-in components as custom
 * elements. It hears nothing from here; what the person does is told by `touch.ts` and the
 * components.
 */
export function makeBackend(styles: Styles, drawn: () => void): object {
  return {
    mode: 3,
    document: {
      createElement: makeElement,
      createTextNode: (text: string) => document.createTextNode(text),
      createDocumentFragment: () => document.createDocumentFragment(),
    },
    destroy: () => undefined,
    getWindowWidth: () => innerWidth,
    getWindowHeight: () => innerHeight,
    getDevicePixelRatio: () => devicePixelRatio,
    getTheme: () => (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'),
    registerStyleSheetContent: () => undefined,
    appendStyleSheetPath: (path: string) => {
      styles.add(path)
      return 0
    },
    disableStyleSheet: () => undefined,
    render: (done: (error: Error | null) => void) => requestAnimationFrame(() => done(null)),
    getRootNode: () => document.body,
    associateValue: (node: { __wxElement?: GlassElement }, value: GlassElement) => {
      node.__wxElement = value
      drawn()
    },
    onEvent: () => undefined,
    setListenerStats: () => undefined,
    setModelBindingStat: () => undefined,
  }
}
