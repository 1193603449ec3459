import vue from '@vitejs/plugin-vue'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'

/** Served by the sandbox at `/_sandbox/`. */
export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: '/_sandbox/',
  plugins: [vue()],
  define: { __VUE_OPTIONS_API__: 'false' },
  build: {
    outDir: fileURLToPath(new URL('../../dist/sandbox/pages/inspector', import.meta.url)),
    emptyOutDir: true,
    target: 'es2022',
  },
})
