import { logWarning } from '../log.ts'
import { WxButton } from './button.ts'
import { WxElement } from './element.ts'
import { WxInput, WxTextarea } from './field.ts'
import { WxForm, WxLabel } from './form.ts'
import { WxIcon } from './icon.ts'
import { WxMap } from './map.ts'
import { WxImage, WxVideo } from './media.ts'
import { WxNavigator } from './navigator.ts'
import { WxPicker } from './picker.ts'
import { WxProgress } from './progress.ts'
import { WxRichText } from './rich-text.ts'
import { WxScrollView } from './scroll-view.ts'
import { WxSlider } from './slider.ts'
import { WxSwiper, WxSwiperItem } from './swiper.ts'
import { WxText } from './text.ts'
import { WxCheckbox, WxCheckboxGroup, WxRadio, WxRadioGroup, WxSwitch } from './toggle.ts'
import { WxWebView } from './web-view.ts'

class WxPage extends WxElement {}
/** Boxes: what is special about them is their place, and stands in frame.css. */
class WxView extends WxElement {}
class WxCoverView extends WxElement {}
class WxCoverImage extends WxImage {}
class WxRootPortal extends WxElement {}
class WxPageMeta extends WxElement {}
class WxMovableArea extends WxElement {}
class WxMovableView extends WxElement {}

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
  'scroll-view': WxScrollView,
  swiper: WxSwiper,
  'swiper-item': WxSwiperItem,
  switch: WxSwitch,
  form: WxForm,
  label: WxLabel,
  checkbox: WxCheckbox,
  'checkbox-group': WxCheckboxGroup,
  radio: WxRadio,
  'radio-group': WxRadioGroup,
  slider: WxSlider,
  navigator: WxNavigator,
  map: WxMap,
  progress: WxProgress,
  icon: WxIcon,
  'web-view': WxWebView,
  'cover-view': WxCoverView,
  'cover-image': WxCoverImage,
  'root-portal': WxRootPortal,
  'page-meta': WxPageMeta,
  'movable-area': WxMovableArea,
  'movable-view': WxMovableView,
}

for (const [tag, component] of Object.entries(components))
  customElements.define(`wx-${tag}`, component)

/** WeChat's other built-in components: they stand as plain boxes, and the console says so once. */
const notPlayed = new Set(
  'ad audio camera canvas channel-live channel-video editor functional-page-navigator live-player live-pusher match-media official-account open-data page-container picker-view picker-view-column share-element voip-room'.split(
    ' ',
  ),
)

/**
 * The element of a tag in wxml: a built-in component, or the host of one of the mini program's own.
 */
export function makeElement(tag: string): HTMLElement {
  const name = `wx-${tag}`
  if (!customElements.get(name)) {
    customElements.define(name, class extends WxElement {})
    if (notPlayed.has(tag))
      logWarning(`<${tag}> is not played by the sandbox: see sandbox/DIFFERENCES.md`)
  }
  return document.createElement(name)
}
