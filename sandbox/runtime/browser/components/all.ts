import { logWarning } from '../log.ts'
import { WxButton } from './button.ts'
import { WxElement } from './element.ts'
import { WxInput, WxTextarea } from './field.ts'
import { WxImage, WxVideo } from './media.ts'
import { WxPicker } from './picker.ts'
import { WxRichText } from './rich-text.ts'

class WxPage extends WxElement {}
class WxView extends WxElement {}
class WxText extends WxElement {}

const components: Record<string, CustomElementConstructor> = {
  page: WxPage,
  view: WxView,
  text: WxText,
  button: WxButton,
  input: WxInput,
  textarea: WxTextarea,
  image: WxImage,
  video: WxVideo,
  'rich-text': WxRichText,
  picker: WxPicker,
}

for (const [tag, component] of Object.entries(components)) customElements.define(`wx-${tag}`, component)

/** WeChat's other built-in components: they stand as plain boxes, and the console says so once. */
const notPlayed = new Set(
  'ad audio camera canvas channel-live channel-video checkbox checkbox-group cover-image cover-view editor form functional-page-navigator icon label live-player live-pusher map match-media movable-area movable-view navigator official-account open-data page-container page-meta picker-view picker-view-column progress radio radio-group root-portal scroll-view share-element slider swiper swiper-item switch voip-room web-view'.split(
    ' ',
  ),
)

/** The element of a tag in wxml: a built-in component, or the host of one of the mini program's own. */
export function makeElement(tag: string): HTMLElement {
  const name = `wx-${tag}`
  if (!customElements.get(name)) {
    customElements.define(name, class extends WxElement {})
    if (notPlayed.has(tag)) logWarning(`<${tag}> is not played by the sandbox: see sandbox/DIFFERENCES.md`)
  }
  return document.createElement(name)
}
