import sharp from 'sharp'
import { expect, it } from 'vitest'
import { readCode } from '../testing/read-code.ts'
import { drawQrCode } from './qr-code.ts'

it.each([
  ['http://weixin.qq.com/q/02abcDEF', 280],
  ['澜川服务 pages/home/index?scene=a%3D1', 430],
  ['x'.repeat(400), 1280],
])('draws a code that scans as what was put in: %s at %i px', async (text, width) => {
  const picture = drawQrCode(text, width)
  expect(await readCode(picture)).toBe(text)
  expect(await sharp(picture).metadata()).toMatchObject({ format: 'png', width, height: width })
})
