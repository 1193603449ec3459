import { inChina } from '../../core/china.ts'
import { button, element, openDialog } from '../dialogs/layer.ts'
import type { Machine } from '../machine.ts'
import { words } from '../words.ts'
import { asynchronous, numberOf, type Options, Refused, textOf } from './api.ts'
import type { Privacy } from './privacy.ts'

export function mediaFunctions(machine: Machine, privacy: Privacy): Record<string, unknown> {
  const { files, ask } = machine
  const choose = async (api: string, most: number) => {
    await privacy.demand(api)
    const blobs = await pick(most)
    if (blobs.length === 0) throw new Refused('cancel')
    return blobs.map((blob) => ({
      path: files.add(blob, blob.type === 'image/png' ? 'png' : 'jpg'),
      size: blob.size,
    }))
  }
  return asynchronous({
    async chooseMedia(options) {
      const chosen = await choose('chooseMedia', numberOf(options, 'count', 9))
      return {
        type: 'image',
        tempFiles: chosen.map(({ path, size }) => ({
          tempFilePath: path,
          size,
          fileType: 'image',
        })),
      }
    },
    async chooseImage(options) {
      const chosen = await choose('chooseImage', numberOf(options, 'count', 9))
      return { tempFilePaths: chosen.map(({ path }) => path), tempFiles: chosen }
    },
    async compressImage(options) {
      return Promise.resolve({ tempFilePath: textOf(options, 'src') })
    },
    async getImageInfo(options) {
      const picture = new Image()
      picture.src = files.locate(textOf(options, 'src'))
      await picture.decode().catch(() => {
        throw new Refused('image not found')
      })
      return {
        width: picture.naturalWidth,
        height: picture.naturalHeight,
        path: textOf(options, 'src'),
        orientation: 'up',
        type: 'jpeg',
      }
    },
    async previewImage(options) {
      const urls = ((options.urls ?? []) as string[]).map(whole)
      const current =
        options.current === undefined
          ? (urls[0] ?? '')
          : typeof options.current === 'number'
            ? (urls[options.current] ?? '')
            : whole(String(options.current as string))
      if (urls.length === 0) throw new Refused('parameter error: urls should not be empty')
      // The viewer covers the whole screen, so the phone shows it.
      await ask('mini/preview', { current, urls })
    },
    async scanCode(options) {
      const { codes } = await ask<{ codes: Shown[] }>('mini/codes')
      return scan(codes, options)
    },
  })

  function whole(address: string): string {
    return new URL(files.locate(address), globalThis.location.href).href
  }
}

/**
 * `<button open-type="chooseAvatar">`: WeChat's own picture of the person, or a photo; a temporary
 * file.
 */
export async function chooseAvatar({ files, start }: Machine, privacy: Privacy): Promise<string> {
  await privacy.demand('chooseAvatar')
  const [blob] = await pick(1, () => drawAvatar(start.person))
  if (!blob) throw new Refused('cancel')
  return files.add(blob, blob.type === 'image/png' ? 'png' : 'jpg')
}

/** The camera is a machine shop that does not exist; the album is the computer's own files. */
async function pick(most: number, avatar?: () => Promise<Blob>): Promise<Blob[]> {
  const wish = await openDialog<'avatar' | 'camera' | 'album' | null>({
    label: words.photos,
    place: 'bottom',
    dismissed: null,
    draw: (close) => [
      ...(avatar ? [button(words.avatar, 'sheet-item', () => close('avatar'))] : []),
      button(words.takePhoto, 'sheet-item', () => close('camera')),
      button(words.fromAlbum, 'sheet-item', () => close('album')),
      button(words.cancel, 'sheet-item sheet-cancel', () => close(null)),
    ],
  })
  if (wish === 'avatar' && avatar) return [await avatar()]
  if (wish === 'camera') return [await takePhoto()]
  return wish === 'album' ? openAlbum(most) : []
}

function openAlbum(most: number): Promise<Blob[]> {
  const input = element('input', { type: 'file', accept: 'image/*', multiple: most > 1 })
  return new Promise((resolve) => {
    input.addEventListener('change', () => resolve([...(input.files ?? [])].slice(0, most)))
    input.addEventListener('cancel', () => resolve([]))
    input.click()
  })
}

/** A drawn photo, another one each time. */
function takePhoto(): Promise<Blob> {
  const canvas = element('canvas', { width: 1080, height: 1440 })
  const pen = canvas.getContext('2d')
  if (!pen) throw new Refused('no camera')
  const hue = Math.floor(Math.random() * 360)
  const wall = pen.createLinearGradient(0, 0, 0, 1440)
  wall.addColorStop(0, `hsl(${hue} 18% 82%)`)
  wall.addColorStop(1, `hsl(${hue} 22% 52%)`)
  pen.fillStyle = wall
  pen.fillRect(0, 0, 1080, 1440)
  pen.fillStyle = '#3c4350'
  pen.fillRect(140, 520, 800, 620)
  pen.fillStyle = `hsl(${(hue + 190) % 360} 55% 45%)`
  pen.fillRect(180, 560, 520, 360)
  pen.fillStyle = '#f2c14e'
  pen.fillRect(740, 580, 150, 90)
  pen.fillStyle = '#d7dbe2'
  for (const [x, y, radius] of [
    [300, 1040, 64],
    [470, 1040, 64],
    [815, 860, 92],
  ] as const) {
    pen.beginPath()
    pen.arc(x, y, radius, 0, 2 * Math.PI)
    pen.fill()
  }
  pen.fillStyle = '#fff'
  pen.font = '44px sans-serif'
  pen.fillText(`示例照片 ${inChina(Date.now()).format('HH:mm:ss')}`, 190, 640)
  return new Promise((resolve, reject) =>
    canvas.toBlob(
      (blob) => (blob ? resolve(blob) : reject(new Refused('no camera'))),
      'image/jpeg',
      0.82,
    ),
  )
}

/** The person's letter on a colour that is theirs. */
function drawAvatar(person: string): Promise<Blob> {
  const canvas = element('canvas', { width: 132, height: 132 })
  const pen = canvas.getContext('2d')
  if (!pen) throw new Refused('no picture')
  pen.fillStyle = `hsl(${[...person].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % 360} 45% 50%)`
  pen.fillRect(0, 0, 132, 132)
  pen.fillStyle = '#fff'
  pen.font = '64px sans-serif'
  pen.textAlign = 'center'
  pen.fillText(person.slice(0, 1).toUpperCase(), 66, 88)
  return new Promise((resolve, reject) =>
    canvas.toBlob(
      (blob) => (blob ? resolve(blob) : reject(new Refused('no picture'))),
      'image/png',
    ),
  )
}

interface Shown {
  label: string
  content: string
}

async function scan(codes: Shown[], options: Options): Promise<object> {
  const input = element('input', { ariaLabel: words.scanText, placeholder: words.scanText })
  const result = await openDialog<string | null>({
    label: words.scan,
    place: 'full',
    dismissed: null,
    draw: (close) => [
      element('div', {
        className: 'full-bar',
        children: [
          button(words.cancel, 'plain', () => close(null)),
          element('strong', { textContent: words.scan }),
        ],
      }),
      element('p', { className: 'full-text', textContent: words.scanHint }),
      ...codes.map(({ label, content }) =>
        button(label || content, 'sheet-item', () => close(content)),
      ),
      element('div', {
        className: 'place-form',
        children: [input, button(words.sure, 'done', () => close(input.value.trim() || null))],
      }),
    ],
  })
  if (result === null) throw new Refused('cancel')
  const [kind = 'qrCode'] = (options.scanType ?? []) as string[]
  return {
    result,
    scanType: kind === 'barCode' ? 'CODE_128' : 'QR_CODE',
    charSet: 'utf-8',
    rawData: '',
  }
}
