// Bundles one of our programs into one file. Hundreds of modules take a second to compile and read
// one by one; a bundle takes a third of that, and the process keeps no compiler in memory.
// node scripts/lib/bundle.mjs server/main.ts dist/server/main.mjs
import { build } from 'esbuild'
import { readFile } from 'node:fs/promises'
import { dirname, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { root } from './processes.mjs'

/**
 * Modules look for other files from where they lie; in the bundle, too, that is where their source
 * lies.
 * @param {string} file the bundle, absolute
 * @returns {import('esbuild').Plugin}
 */
function whereItLies(file) {
  return {
    name: 'import.meta.url',
    setup({ onLoad }) {
      onLoad({ filter: /\.ts$/ }, async ({ path }) => {
        if (!/^(server|shared)[\\/]/.test(relative(root, path))) return undefined
        const source = await readFile(path, 'utf8')
        const from = relative(dirname(file), path).split('\\').join('/')
        return {
          contents: source.replaceAll(
            'import.meta.url',
            `new URL(${JSON.stringify(from)}, import.meta.url).href`,
          ),
          loader: 'ts',
        }
      })
    },
  }
}

/**
 * @param {string} entry from the root
 * @param {string} file absolute, inside the project: packages are looked for upwards from there
 */
async function bundle(entry, file) {
  await build({
    entryPoints: [resolve(root, entry)],
    outfile: file,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
    packages: 'external',
    sourcemap: 'inline',
    logLevel: 'silent',
    plugins: [whereItLies(file)],
  })
}

const [, script, entry, file] = process.argv
if (script === fileURLToPath(import.meta.url) && entry && file)
  await bundle(entry, resolve(root, file))
