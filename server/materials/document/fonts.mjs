import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

const require = createRequire(import.meta.url)
/**
 * pdf.js brings the canvas that fits its drawing. A canvas refuses paths of another version.
 * @type {import('./canvas.ts').CanvasLibrary}
 */
const library = createRequire(require.resolve('pdfjs-dist/package.json'))('@napi-rs/canvas')

const carriedFamily = 'carried-'
const heavy = /\b(?:bold|900)\b/

/** A private character that no font has: drawing it shows how a missing one looks. */
const nobodysCharacter = '\u{10fffd}'

/**
 * Noto Sans SC draws text whose font is not embedded: the same picture on every machine, and
 * Chinese where no font is installed. It comes in slices of the alphabet, each a family here.
 */
class CarriedFont {
  /** @type {{ from: number, to: number, slice: string }[]} */
  #ranges
  #folder = dirname(require.resolve('@fontsource-variable/noto-sans-sc'))
  /** @type {Set<string>} */
  #loaded = new Set()

  constructor() {
    /** @type {Record<string, string>} */
    const slices = JSON.parse(readFileSync(join(this.#folder, 'unicode.json'), 'utf8'))
    this.#ranges = Object.entries(slices).flatMap(([key, ranges]) =>
      ranges.split(',').map((range) => {
        const [from = 0, to = from] = range
          .replace('U+', '')
          .split('-')
          .map((digits) => parseInt(digits, 16))
        return { from, to, slice: key.replace(/[[\]]/g, '') }
      }),
    )
  }

  /**
   * Returns the family that has the character, or null.
   * @param {string} character
   */
  familyOf(character) {
    const code = character.codePointAt(0) ?? 0
    const range = this.#ranges.find(({ from, to }) => from <= code && code <= to)
    return range ? this.#load(range.slice) : null
  }

  /** Its missing characters look alike on every machine. */
  latin() {
    return this.#load('latin')
  }

  /** @param {string} slice */
  #load(slice) {
    const family = carriedFamily + slice
    if (!this.#loaded.has(slice)) {
      const file = join(this.#folder, 'files', `noto-sans-sc-${slice}-wght-normal.woff2`)
      if (!library.GlobalFonts.registerFromPath(file, family))
        throw new Error(`the font ${file} cannot be loaded`)
      this.#loaded.add(slice)
    }
    return family
  }
}

/**
 * Makes the canvases on which pdf.js draws. They draw text whose font is not embedded with a font
 * that has it, and note what no font has. pdf.js itself draws empty boxes there.
 */
export class TextCanvasFactory {
  /** @type {CarriedFont | undefined} */
  #carried
  /** @type {Map<string, string>} */
  #families = new Map()
  /** Characters that no font has, since the last call of `forget`. */
  missing = new Set()
  /** Whether text was drawn whose characters are not known. */
  unknown = false
  /**
   * Tells whether the characters of a font are known, by its family.
   * @type {(family: string) => boolean}
   */
  isKnown = () => true
  /** @type {Map<string, boolean>} */
  #known = new Map()

  forget() {
    this.missing.clear()
    this.unknown = false
    this.#known.clear()
  }

  /**
   * @param {number} width
   * @param {number} height
   */
  create(width, height) {
    const canvas = library.createCanvas(width, height)
    return { canvas, context: this.#withFonts(canvas.getContext('2d')) }
  }

  /**
   * @param {{ canvas: import('./canvas.ts').Canvas }} made
   * @param {number} width
   * @param {number} height
   */
  reset({ canvas }, width, height) {
    canvas.width = width
    canvas.height = height
  }

  /** @param {{ canvas: import('./canvas.ts').Canvas | null, context: object | null }} made */
  destroy(made) {
    if (made.canvas) made.canvas.width = made.canvas.height = 0
    made.canvas = made.context = null
  }

  /** @param {import('./canvas.ts').Context2d} context */
  #withFonts(context) {
    const { fillText, strokeText, measureText } = context
    /** @param {string} character */
    const widthOf = (character) =>
      this.#inFont(context, character, () => measureText.call(context, character).width)
    /**
     * One by one, because a canvas looks for a character in the first family only.
     * @param {typeof fillText} draw
     * @returns {typeof fillText}
     */
    const oneByOne = (draw) => (text, x, y) => {
      let at = x
      for (const character of text) {
        this.#inFont(context, character, () => draw.call(context, character, at, y))
        if (character !== text) at += widthOf(character)
      }
    }
    context.fillText = oneByOne(fillText)
    context.strokeText = oneByOne(strokeText)
    context.measureText = (text) => ({
      width: [...text].reduce((width, character) => width + widthOf(character), 0),
    })
    return context
  }

  /**
   * @template T
   * @param {import('./canvas.ts').Context2d} context
   * @param {string} character
   * @param {() => T} draw
   * @returns {T}
   */
  #inFont(context, character, draw) {
    const { font, fontVariationSettings } = context
    const [, head = '', families = ''] = /^(.*?px\s+)(.*)$/.exec(font) ?? []
    if (!this.#isKnown(firstFamily(families))) this.unknown = true
    const family = this.#familyFor(character)
    if (family.startsWith(carriedFamily)) {
      // One font of all weights, which starts as its thinnest.
      context.font = `${head.replace(heavy, 'normal')}"${family}"`
      context.fontVariationSettings = `"wght" ${heavy.test(head) ? 700 : 400}`
    } else context.font = `${head}"${family}"`
    try {
      return draw()
    } finally {
      context.font = font
      context.fontVariationSettings = fontVariationSettings
    }
  }

  /** @param {string} family */
  #isKnown(family) {
    const known = this.#known.get(family) ?? this.isKnown(family)
    this.#known.set(family, known)
    return known
  }

  /** @param {string} character */
  #familyFor(character) {
    const known = this.#families.get(character)
    if (known !== undefined) return known
    const carried = (this.#carried ??= new CarriedFont())
    const candidates = [carried.familyOf(character), ...systemFamilies()]
    const shown = candidates.find((family) => family !== null && isDrawn(character, family))
    if (shown !== undefined && shown !== null) {
      this.#families.set(character, shown)
      return shown
    }
    // Not remembered, so that each page is told of it.
    if (!/[\s\p{C}]/u.test(character)) this.missing.add(character)
    return carried.latin()
  }
}

/** Returns the fonts of this machine. The carried ones, once loaded, stand there too. */
function systemFamilies() {
  const families = library.GlobalFonts.families.map(({ family }) => family)
  return families.filter((family) => !family.startsWith(carriedFamily))
}

/**
 * Tells whether a font has a character: it draws something, and not what it draws for a character
 * that no font has.
 * @param {string} character
 * @param {string} family
 */
function isDrawn(character, family) {
  const [shown, missing] = [character, nobodysCharacter].map((text) => {
    const context = library.createCanvas(32, 32).getContext('2d')
    context.font = `24px "${family}"`
    context.fillText(text, 4, 26)
    return Buffer.from(context.getImageData(0, 0, 32, 32).data)
  })
  return Boolean(shown?.some((value) => value !== 0) && missing && !shown.equals(missing))
}

/**
 * Returns the first name of a list of families.
 * @param {string} families
 */
export function firstFamily(families) {
  return /^["']?([^"',]+)/.exec(families)?.[1] ?? ''
}
