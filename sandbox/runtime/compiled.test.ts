import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { type CompiledBundle, makeCompiler } from './node/compiled.ts'

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'bundle-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return folder
}

function write(folder: string, files: Record<string, string>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(folder, path, '..'), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
}

const small = {
  'app.json': '{"pages":["pages/a"]}',
  'app.js': '',
  'pages/a.wxml': '<view class="x">{{word}}</view>',
  'pages/a.js': '',
  'pages/a.json': '{}',
  'pages/a.wxss': '.x{width:10rpx}',
}

test('a folder without a mini program is told from one', async () => {
  expect(await makeCompiler(join(tmpdir(), 'nothing-is-here'))()).toBeNull()
})

test('a bundle is compiled once, and anew when a file has changed', async () => {
  const folder = makeFolder()
  write(folder, small)
  const compile = makeCompiler(folder)
  const first = compile()
  expect(compile()).toBe(first)
  const read = async () => JSON.parse((await compile()) ?? '') as CompiledBundle
  expect((await read()).styles).toEqual([['pages/a', '.x{width:calc(10 * 100vw / 750)}']])
  expect((await read()).templates).toContain('word')

  write(folder, { 'pages/a.wxss': '.x{width:20rpx}' })
  // A file system may count time in whole seconds.
  utimesSync(join(folder, 'pages/a.wxss'), 1, 1)
  expect((await read()).styles[0]?.[1]).toContain('20')
})

test('what WeChat could not compile is named by its file', async () => {
  const folder = makeFolder()
  write(folder, { ...small, 'pages/a.wxml': '<view' })
  await expect(makeCompiler(folder)()).rejects.toThrow('pages/a')
})
