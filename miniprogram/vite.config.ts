import uniPlugin from '@dcloudio/vite-plugin-uni'
import { defineConfig, type PluginOption } from 'vite'

// The package is CommonJS: under "type": "module" its function arrives on `.default`.
const uni = (uniPlugin as unknown as { default: () => PluginOption }).default
const platform = process.env.UNI_PLATFORM === 'mp-weixin' ? 'mp-weixin' : 'h5'

export default defineConfig({
  define: {
    __PLATFORM__: JSON.stringify(platform),
    // An H5 page asks the host it came from; a mini program has none and must be told at build time.
    __API_BASE__: JSON.stringify(platform === 'h5' ? '' : (process.env.VITE_API_BASE ?? 'https://chatside.example')),
  },
  build: {
    // uni sets no target, and WeChat's clients begin at iOS 13 / Chrome 86: `??=` must not reach them.
    target: 'es2018',
    chunkSizeWarningLimit: 700,
  },
  plugins: [uni()],
})
