/**
 * Makes the pictures, documents and the film of the demonstration catalogue (`server/seed/assets`).
 * They are committed; run this only to change them: `node server/seed/make/catalogue.mjs [name …]`.
 * It needs Chromium, ffmpeg and the Noto CJK fonts.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium } from '@playwright/test'
import sharp from 'sharp'
import { film, filmFrames } from './film.mjs'
import { covers, documents, figures, posters } from './pages.mjs'

const target = new URL('../assets/', import.meta.url).pathname
const wanted = process.argv.slice(2)
const isWanted = (name) => wanted.length === 0 || wanted.some((word) => name.includes(word))

mkdirSync(target, { recursive: true })
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu'],
})

async function picture(name, html, width, height, quality) {
  if (!isWanted(name)) return
  const page = await browser.newPage({ viewport: { width, height } })
  await page.setContent(html)
  const shot = await page.screenshot({ type: 'png' })
  await sharp(shot)
    .webp({ quality, effort: 6, smartSubsample: true })
    .toFile(join(target, `${name}.webp`))
  await page.close()
}

for (const [name, html] of Object.entries(covers)) await picture(name, html, 800, 640, 80)
for (const [name, { html, height }] of Object.entries(posters))
  await picture(name, html, 1080, height, 78)
for (const [name, html] of Object.entries(figures)) await picture(name, html, 1080, 608, 80)

for (const [name, html] of Object.entries(documents)) {
  if (!isWanted(name)) continue
  const page = await browser.newPage()
  await page.setContent(html)
  await page.pdf({
    path: join(target, `${name}.pdf`),
    preferCSSPageSize: true,
    printBackground: true,
  })
  await page.close()
}

if (isWanted('rotor')) {
  const frames = mkdtempSync(join(tmpdir(), 'catalogue-film-'))
  const page = await browser.newPage({ viewport: { width: 960, height: 540 } })
  await page.setContent(film)
  for (let frame = 0; frame < filmFrames.count; frame++) {
    await page.evaluate((second) => globalThis.show(second), frame / filmFrames.perSecond)
    writeFileSync(
      join(frames, `${String(frame).padStart(4, '0')}.jpg`),
      await page.screenshot({ type: 'jpeg', quality: 94 }),
    )
    if (frame === filmFrames.poster)
      await sharp(await page.screenshot({ type: 'png' }))
        .webp({ quality: 80 })
        .toFile(join(target, 'rotor-poster.webp'))
  }
  await page.close()
  // Plays on every phone: yuv420p, and the index in front, so that playing starts before the end
  // has arrived.
  execFileSync('ffmpeg', [
    '-y',
    '-loglevel',
    'error',
    '-framerate',
    String(filmFrames.perSecond),
    '-i',
    join(frames, '%04d.jpg'),
    '-c:v',
    'libx264',
    '-profile:v',
    'main',
    '-preset',
    'veryslow',
    '-crf',
    '29',
    '-g',
    '50',
    '-pix_fmt',
    'yuv420p',
    '-movflags',
    '+faststart',
    join(target, 'rotor.mp4'),
  ])
  rmSync(frames, { recursive: true })
}

await browser.close()

let total = 0
for (const name of readdirSync(target).sort()) {
  const { size } = statSync(join(target, name))
  total += size
  process.stdout.write(`${String(Math.round(size / 1024)).padStart(6)} KB  ${name}\n`)
}
process.stdout.write(`${String(Math.round(total / 1024)).padStart(6)} KB  in all\n`)
