/** What we use of the canvas that pdf.js brings. Its types are not reachable from here. */
export interface CanvasLibrary {
  createCanvas(width: number, height: number): Canvas
  GlobalFonts: {
    families: { family: string }[]
    registerFromPath(path: string, family: string): object | null
  }
}

export interface Canvas {
  width: number
  height: number
  data(): Buffer
  getContext(kind: '2d'): Context2d
}

export interface Context2d {
  font: string
  fontVariationSettings: string
  fillText(text: string, x: number, y: number): void
  strokeText(text: string, x: number, y: number): void
  measureText(text: string): { width: number }
  getImageData(x: number, y: number, width: number, height: number): { data: Uint8ClampedArray }
}
