import vue from '@vitejs/plugin-vue'
import { posix } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Plugin } from 'vite'
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config'
import { useScratch } from './scripts/lib/scratch.mjs'

if (process.env['VITEST']) useScratch()

const root = fileURLToPath(new URL('.', import.meta.url))

/**
 * Pinia and vue-router carry 25 KB of devtools bridge into production unless the package is
 * replaced (docs/decisions).
 */
function withoutDevtools(): Plugin {
  const id = '\0without-devtools'
  return {
    name: 'without-devtools',
    apply: 'build',
    enforce: 'pre',
    resolveId: (source) => (source === '@vue/devtools-api' ? id : null),
    load: (module) => (module === id ? 'export function setupDevtoolsPlugin() {}' : null),
  }
}

/**
 * Parts of axios that never run in the sidebar, 7 KB gzip in all: it sends JSON by XMLHttpRequest,
 * cancels by `AbortSignal`, and puts its queries into the address itself. Axios replaces its Node
 * adapter the same way. A part that would run all the same fails at once, and by name.
 */
const unusedOfAxios: Record<string, string> = {
  'adapters/fetch.js': 'export const getFetch = null',
  'cancel/CancelToken.js': 'export default null',
  'helpers/buildURL.js': 'export default (url) => url',
  'helpers/AxiosURLSearchParams.js': refusing('AxiosURLSearchParams'),
  'helpers/HttpStatusCode.js': 'export default {}',
  'helpers/cookies.js': 'export default { read: () => null, readAsync: async () => null }',
  'helpers/formDataToJSON.js': refusing('formDataToJSON'),
  'helpers/progressEventReducer.js': 'export const progressEventReducer = null',
  'helpers/toFormData.js': refusing('toFormData'),
  'helpers/toURLEncodedForm.js': refusing('toURLEncodedForm'),
  'helpers/validator.js':
    'export default { assertOptions() {}, validators: { transitional() {}, spelling() {} } }',
}

function refusing(name: string): string {
  return `export default function () { throw new Error('${name} is left out: see vite.config.ts') }`
}

function withoutUnusedOfAxios(): Plugin {
  const prefix = '\0axios/'
  const missing = new Set(Object.keys(unusedOfAxios))
  return {
    name: 'without-unused-of-axios',
    apply: 'build',
    enforce: 'pre',
    resolveId(source, importer) {
      const folder = /\/axios\/lib\/(?:.*\/)?/.exec(importer ?? '')?.[0]
      if (!folder || !source.startsWith('.')) return null
      const part = posix.join(folder, source).replace('/axios/lib/', '')
      if (!(part in unusedOfAxios)) return null
      missing.delete(part)
      return prefix + part
    },
    load: (module) =>
      module.startsWith(prefix) ? unusedOfAxios[module.slice(prefix.length)] : null,
    buildEnd(error) {
      if (!error && missing.size > 0)
        this.error(`axios has no such parts any more: ${[...missing].join(', ')}`)
    },
  }
}

/**
 * Vant's picture viewer mounts an app of its own, is loaded when a picture is enlarged outside
 * WeCom, and gets a Vue of its own. With the shared one, what only Vant uses of it (transitions,
 * teleports) would be 4 KB gzip of the first page, because Vue is one module.
 */
function ownVueForVant(): Plugin {
  return {
    name: 'own-vue-for-vant',
    apply: 'build',
    enforce: 'pre',
    resolveId(source, importer) {
      if (source !== 'vue' || !/\/node_modules\/@?vant\//.test(importer ?? '')) return null
      return this.resolve('vue/dist/vue.runtime.esm-browser.prod.js', importer)
    },
  }
}

/** Two busy cores; a project does not inherit these from the root. */
const timeouts = { testTimeout: 20_000, hookTimeout: 60_000, expect: { poll: { timeout: 10_000 } } }

/**
 * One Vitest project; a project with Vue brings its own plugin, so that the node projects do not
 * pay for it. A worker reads modules once, not again for each file (half of the processor time of
 * all tests went there): what a test opens it closes, and who wants a module anew says so with
 * `vi.resetModules()`.
 */
function project(
  name: string,
  include: string[],
  test: TestProjectInlineConfiguration['test'] = {},
): TestProjectInlineConfiguration {
  return {
    root,
    test: { name, include, environment: 'node', isolate: false, ...timeouts, ...test },
  }
}

const withVue = { environment: 'happy-dom' } as const

export default defineConfig({
  root: fileURLToPath(new URL('sidebar', import.meta.url)),
  base: '/sidebar/',
  plugins: [withoutDevtools(), withoutUnusedOfAxios(), ownVueForVant(), vue()],
  // Every component of ours and every library in use is written with `setup`.
  define: { __VUE_OPTIONS_API__: 'false' },
  build: {
    outDir: fileURLToPath(new URL('dist/sidebar', import.meta.url)),
    emptyOutDir: true,
    manifest: true,
    // WeCom for desktop ships Chromium; the phones' webviews are at least Safari 14 and Chrome 86.
    target: ['es2020', 'chrome86', 'safari14'],
    reportCompressedSize: false,
    // 3.4 KB gzip less of the first route than esbuild leaves.
    minify: 'terser',
    terserOptions: { ecma: 2020, compress: { passes: 2 }, format: { comments: false } },
    // Where it is missing (Safari 14) the chunks come a moment later; not worth its bytes for
    // everybody.
    modulePreload: { polyfill: false },
    // A font or picture inlined as base64 would count against the first route.
    assetsInlineLimit: 1024,
  },
  test: {
    root,
    maxWorkers: 2,
    projects: [
      project('shared', ['shared/**/*.test.ts']),
      // With the image of the server, which starts on the same PostgreSQL.
      project('server', ['server/**/*.test.ts', 'scripts/image.test.ts'], {
        globalSetup: 'server/testing/global-setup.ts',
      }),
      project('sandbox', ['sandbox/**/*.test.ts', '!sandbox/desk/**']),
      { ...project('desk', ['sandbox/desk/**/*.test.ts'], withVue), plugins: [vue()] },
      // The JS-SDK looks at its surroundings when it is imported; inlined, a test can import it
      // anew.
      {
        ...project('sidebar', ['sidebar/**/*.test.ts'], {
          ...withVue,
          server: { deps: { inline: ['@wecom/jssdk'] } },
        }),
        plugins: [vue()],
      },
      project('miniprogram', ['miniprogram/**/*.test.ts', '!miniprogram/harness/**']),
      // The shipped mp-weixin bundle in a WeChat runtime; needs `node scripts/lib/uni.mjs build -p
      // mp-weixin` first.
      project('bundle', ['miniprogram/harness/**/*.test.ts']),
      project('safety', ['scripts/**/*.test.ts', '!scripts/image.test.ts']),
    ],
  },
})
