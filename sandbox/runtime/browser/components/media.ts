import { around, WxElement } from './element.ts'

const positions = [
  'top',
  'bottom',
  'center',
  'left',
  'right',
  'top left',
  'top right',
  'bottom left',
  'bottom right',
]

export class WxImage extends WxElement {
  private readonly picture = document.createElement('img')

  constructor() {
    super()
    const { picture } = this
    picture.alt = ''
    picture.draggable = false
    picture.addEventListener('load', () => {
      this.fire('load', { width: picture.naturalWidth, height: picture.naturalHeight })
      this.fit()
    })
    picture.addEventListener('error', () =>
      this.fire('error', { errMsg: `GET ${this.text('src')} failed` }),
    )
  }

  connectedCallback(): void {
    if (!this.picture.isConnected) this.append(this.picture)
  }

  protected override changed(name: string): void {
    const { picture } = this
    if (name === 'lazy-load') picture.loading = this.is(name) ? 'lazy' : 'eager'
    if (name === 'src') {
      const src = this.text(name)
      if (src === '') picture.removeAttribute('src')
      else picture.src = around().locate(src)
    }
    if (name === 'mode') this.fit()
    // image.md: to a screen reader it is an image when it has a name.
    if (name === 'aria-label') HTMLElement.prototype.setAttribute.call(this, 'role', 'img')
  }

  private fit(): void {
    const mode = this.text('mode') || 'scaleToFill'
    const { picture } = this
    const fits: Record<string, string> = {
      scaleToFill: 'fill',
      aspectFit: 'contain',
      aspectFill: 'cover',
    }
    picture.style.objectFit = fits[mode] ?? (positions.includes(mode) ? 'none' : 'fill')
    picture.style.objectPosition = positions.includes(mode) ? mode : ''
    const ratio = picture.naturalHeight > 0 ? picture.naturalWidth / picture.naturalHeight : 0
    if (mode === 'widthFix' || mode === 'heightFix') {
      this.style.aspectRatio = ratio > 0 ? String(ratio) : ''
      this.style[mode === 'widthFix' ? 'height' : 'width'] = 'auto'
    }
  }
}

/** What WeChat's film tells while it plays: event of the browser → event and detail of WeChat. */
const tellings: [string, string, (film: HTMLVideoElement) => object][] = [
  ['play', 'play', () => ({})],
  ['pause', 'pause', () => ({})],
  ['ended', 'ended', () => ({})],
  ['waiting', 'waiting', () => ({})],
  [
    'timeupdate',
    'timeupdate',
    (film) => ({ currentTime: film.currentTime, duration: film.duration || 0 }),
  ],
  [
    'loadedmetadata',
    'loadedmetadata',
    (film) => ({ width: film.videoWidth, height: film.videoHeight, duration: film.duration }),
  ],
  ['seeked', 'seekcomplete', (film) => ({ position: film.currentTime })],
  ['error', 'error', (film) => ({ errMsg: film.error?.message ?? 'MEDIA_ERR_SRC_NOT_SUPPORTED' })],
]

export class WxVideo extends WxElement {
  private readonly film = document.createElement('video')

  constructor() {
    super()
    const { film } = this
    film.controls = true
    film.playsInline = true
    film.preload = 'metadata'
    for (const [heard, told, detail] of tellings)
      film.addEventListener(heard, () => this.fire(told, detail(film)))
    film.addEventListener('fullscreenchange', () =>
      this.fire('fullscreenchange', {
        fullScreen: document.fullscreenElement === film,
        direction: 'vertical',
      }),
    )
  }

  connectedCallback(): void {
    if (!this.film.isConnected) this.append(this.film)
  }

  protected override changed(name: string, value: unknown): void {
    const { film } = this
    if (name === 'src') film.src = around().locate(this.text(name))
    if (name === 'poster')
      film.poster = this.text(name) === '' ? '' : around().locate(this.text(name))
    if (name === 'object-fit') film.style.objectFit = this.text(name)
    if (name === 'controls') film.controls = value === undefined || this.is(name)
    if (name === 'autoplay') film.autoplay = this.is(name)
    if (name === 'loop') film.loop = this.is(name)
    if (name === 'muted') film.muted = this.is(name)
    if (name === 'initial-time') film.currentTime = this.number(name, 0)
    if (name === 'aria-label') film.setAttribute(name, this.text(name))
  }
}
