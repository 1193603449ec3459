// The style of each part. `image-preview/style` would also load the icon font, which falls back to
// a foreign address.
import 'vant/es/style/base.css'
import 'vant/es/overlay/index.css'
import 'vant/es/popup/index.css'
import 'vant/es/swipe/index.css'
import 'vant/es/swipe-item/index.css'
import 'vant/es/loading/index.css'
import 'vant/es/image/index.css'
import 'vant/es/image-preview/index.css'
import { showImagePreview } from 'vant/es/image-preview'
import closeIcon from './close.svg'
import './picture-viewer.css'

export function viewPictures(images: string[], startPosition: number): void {
  showImagePreview({ images, startPosition, closeable: true, closeIcon })
}
