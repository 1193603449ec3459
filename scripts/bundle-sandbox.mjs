// The sandbox in one file: three hundred modules take a second to compile and read one by one, a bundle takes a third of it.
import { build } from 'esbuild'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { root } from './processes.mjs'

/** @param {string} file absolute, inside the project: the sandbox looks for its other files upwards from there */
export async function bundleSandbox(file) {
  await build({
    entryPoints: [`${root}sandbox/main.ts`],
    outfile: file,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
    packages: 'external',
    sourcemap: 'inline',
    logLevel: 'silent',
  })
}

const [, script, file] = process.argv
if (script === fileURLToPath(import.meta.url) && file) await bundleSandbox(resolve(root, file))
