import 'vant/es/image-preview/style/index'

export { showImagePreview } from 'vant/es/image-preview'
