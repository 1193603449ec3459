import vue from '@vitejs/plugin-vue'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'

const here = fileURLToPath(new URL('.', import.meta.url))

/**
 * The sandbox serves the result at its root; while developing, the doors of a running sandbox are
 * one proxy away.
 */
export default defineConfig({
  root: here,
  base: '/',
  plugins: [vue()],
  build: {
    outDir: fileURLToPath(new URL('../../dist/sandbox/pages/desk', import.meta.url)),
    emptyOutDir: true,
    target: 'es2022',
  },
  server: {
    proxy: { '/_sandbox': process.env.SANDBOX_URL ?? 'http://localhost:3100' },
  },
})
