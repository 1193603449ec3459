// Builds the sandbox as other projects install it: dist/sandbox/, which `npm pack ./dist/sandbox`
// turns into one file. `npm start` runs the same files.
// sandbox/package.json is its face. It names sources (`./client.ts`); the built face names built
// files (`./client.js`).
//   node scripts/lib/sandbox-package.mjs         programs, pages' scripts, texts
//   node scripts/lib/sandbox-package.mjs types   the declarations; no start needs them
import { build } from 'esbuild'
import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync } from 'node:fs'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { dirname, join, posix } from 'node:path'
import { root, tool } from './processes.mjs'

const source = join(root, 'sandbox')
const out = join(root, 'dist/sandbox')
/** Other targets of scripts/lib/builds.mjs write these. */
const made = ['pages', 'types']

/**
 * @typedef {object} Face what sandbox/package.json says
 * @property {Record<string, string>} bin
 * @property {Record<string, string>} exports
 */

/** @returns {Face & Record<string, unknown>} */
function readFace() {
  return JSON.parse(readFileSync(join(source, 'package.json'), 'utf8'))
}

/** Every source that the face names, from `sandbox/`, without its ending. @param {Face} face */
function entriesOf({ bin, exports }) {
  const named = [...Object.values(bin), ...Object.values(exports)].flatMap((path) =>
    path.includes('*') ? runtimeFiles() : [path],
  )
  return named.map((path) => posix.normalize(path).replace(/\.ts$/, ''))
}

/** The files of `./runtime/*`, without browser/, which becomes one script. */
function runtimeFiles() {
  return ['core', 'node'].flatMap((folder) =>
    readdirSync(join(source, 'runtime', folder))
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
      .map((name) => `runtime/${folder}/${name}`),
  )
}

/** Scripts in front of pages and in a frame: one file each, without imports. */
const browserScripts = [
  'webview/client/main',
  'webview/client/authorize',
  'webview/client/phone',
  'runtime/browser/main',
]
const sheets = ['runtime/browser/frame.css', 'runtime/browser/over.css']
const texts = ['README.md', 'CHANGELOG.md', 'DIFFERENCES.md']
/** A program that runs `runtime/core` outside a browser passes these in. */
const peers = ['glass-easel', 'glass-easel-miniprogram-adapter']
/** A checkout makes the pages' scripts at its start. Here they are ready. */
const unneeded = ['esbuild']

async function buildPackage() {
  const face = readFace()
  for (const name of existsSync(out) ? readdirSync(out) : [])
    if (!made.includes(name)) rmSync(join(out, name), { recursive: true })
  const { metafile } = await build({
    absWorkingDir: source,
    entryPoints: entriesOf(face).map((name) => `${name}.ts`),
    outdir: out,
    outbase: source,
    bundle: true,
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
    packages: 'external',
    sourcemap: 'linked',
    logLevel: 'silent',
    metafile: true,
  })
  await build({
    absWorkingDir: source,
    entryPoints: browserScripts.map((name) => `${name}.ts`),
    outdir: out,
    outbase: source,
    bundle: true,
    format: 'iife',
    target: 'es2022',
    minifySyntax: true,
    minifyWhitespace: true,
    logLevel: 'silent',
  })
  for (const file of [...sheets, ...texts]) copy(join(source, file), join(out, file))
  copy(join(root, 'LICENSE'), join(out, 'LICENSE'))
  for (const file of Object.values(face.bin)) chmodSync(join(out, jsOf(file)), 0o755)
  const text = JSON.stringify(builtFace(face, packagesIn(metafile)), null, 2)
  writeFileSync(join(out, 'package.json'), `${text}\n`)
}

/** @param {Face & Record<string, unknown>} face @param {string[]} packages */
function builtFace({ private: _, bin, exports, ...face }, packages) {
  return {
    ...face,
    bin: Object.fromEntries(Object.entries(bin).map(([name, file]) => [name, jsOf(file)])),
    exports: Object.fromEntries(
      Object.entries(exports).map(([name, file]) => [
        name,
        { types: file.replace('./', './types/').replace(/\.ts$/, '.d.ts'), default: jsOf(file) },
      ]),
    ),
    dependencies: versionsOf(packages),
    peerDependencies: versionsOf(peers),
    peerDependenciesMeta: Object.fromEntries(peers.map((name) => [name, { optional: true }])),
  }
}

/** @param {string} file */
function jsOf(file) {
  return file.replace(/\.ts$/, '.js')
}

/**
 * Returns the packages that the built programs import.
 * @param {import('esbuild').Metafile} metafile
 */
function packagesIn(metafile) {
  const imported = Object.values(metafile.outputs)
    .flatMap(({ imports }) => imports)
    .filter(({ external, path }) => external && !isBuiltin(path))
    .map(({ path }) => packageOf(path))
  return [...new Set(imported)].filter((name) => !unneeded.includes(name)).sort()
}

/** @param {string} path */
function isBuiltin(path) {
  return path.startsWith('node:') || builtinModules.includes(path)
}

/** `@koa/router/x` → `@koa/router` @param {string} path */
function packageOf(path) {
  return path.split('/', path.startsWith('@') ? 2 : 1).join('/')
}

/** Returns exactly the versions that the tests ran with. @param {string[]} names */
function versionsOf(names) {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'))
  return Object.fromEntries(
    names.map((name) => {
      const version = packages[`node_modules/${name}`]?.version
      if (!version) throw new Error(`${name} is not in package-lock.json`)
      return [name, version]
    }),
  )
}

/** Builds the declarations of the entries, and of the files that these name. */
async function buildTypes() {
  const { code, output } = await tool('tsc', ['--build', 'sandbox', 'sandbox/runtime'])
  if (code !== 0) throw new Error(output)
  const target = join(out, 'types')
  rmSync(target, { recursive: true, force: true })
  const waiting = entriesOf(readFace()).map((name) => `${name}.d.ts`)
  const seen = new Set(waiting)
  for (let file = waiting.shift(); file; file = waiting.shift()) {
    const text = readFileSync(join(root, '.cache/types/sandbox', file), 'utf8')
    for (const [, specifier = ''] of text.matchAll(/(?:from |import\()['"](\.[^'"]+)\.ts['"]/g)) {
      const next = `${posix.join(posix.dirname(file), specifier)}.d.ts`
      if (!seen.has(next)) waiting.push(next)
      seen.add(next)
    }
    const to = join(target, file)
    mkdirSync(dirname(to), { recursive: true })
    writeFileSync(to, text.replace(/((?:from |import\()['"]\.[^'"]+)\.ts(['"])/g, '$1.js$2'))
  }
}

/** @param {string} from @param {string} to */
function copy(from, to) {
  mkdirSync(dirname(to), { recursive: true })
  copyFileSync(from, to)
}

await (process.argv[2] === 'types' ? buildTypes() : buildPackage())
