import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { makeCompiler } from './compiled.ts'

/**
 * What a frame of a mini program loads. Everything is made when it is first asked for: the sandbox
 * must start at once.
 */
export interface FrameFiles {
  page: string
  style: (name: 'frame' | 'over') => Promise<string>
  script: () => Promise<string>
  /** Null: no mini program has been built. Rejects with a sentence when it does not compile. */
  bundle: () => Promise<string | null>
  /** A picture, film or sound of the package, by its path in it; null: there is none. */
  asset: (path: string) => Promise<{ type: string; bytes: Buffer } | null>
}

const assetTypes: Record<string, string> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
  svg: 'image/svg+xml',
  mp4: 'video/mp4',
  mp3: 'audio/mpeg',
}

/**
 * @param runtime the folder of this runtime, in a checkout or in the package
 * @param built the folder of the compiled mini program; null: there is none
 */
export function makeFrame(runtime: URL, built: URL | null): FrameFiles {
  let script: Promise<string> | undefined
  return {
    page,
    style: (name) => readFile(new URL(`browser/${name}.css`, runtime), 'utf8'),
    script: () => (script ??= frameScript(runtime)),
    bundle: built ? makeCompiler(fileURLToPath(built)) : () => Promise.resolve(null),
    asset: (path) => (built ? readAsset(built, path) : Promise.resolve(null)),
  }
}

async function readAsset(
  built: URL,
  path: string,
): Promise<{ type: string; bytes: Buffer } | null> {
  const file = new URL(`./${path}`, built)
  const type = assetTypes[path.split('.').at(-1)?.toLowerCase() ?? '']
  if (type === undefined || !file.href.startsWith(built.href)) return null
  return readFile(file).then(
    (bytes) => ({ type, bytes }),
    () => null,
  )
}

const page = `<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title></title>
<script src="/_webview/phone.js"></script>
<link rel="preload" href="/_webview/mini/bundle.json" as="fetch" crossorigin="anonymous">
<link rel="stylesheet" href="/_webview/mini/frame.css">
<script src="/_webview/mini/runtime.js" defer></script>
</head>
<body><div id="pages"></div><div id="over"></div></body>
</html>
`

/** In the package it lies ready. */
async function frameScript(runtime: URL): Promise<string> {
  const ready = new URL('browser/main.js', runtime)
  if (existsSync(ready)) return readFile(ready, 'utf8')
  const { build } = await import('esbuild')
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('browser/main.ts', runtime))],
    bundle: true,
    write: false,
    format: 'iife',
    target: 'es2022',
    minifySyntax: true,
    minifyWhitespace: true,
    logLevel: 'silent',
  })
  return outputFiles[0]?.text ?? ''
}
