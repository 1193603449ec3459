// uni's own command line, told that the sources lie in miniprogram/ without a src/ level.
//   node scripts/lib/uni.mjs build -p mp-weixin   → dist/build/mp-weixin
//   node scripts/lib/uni.mjs build                → dist/build/h5
//   node scripts/lib/uni.mjs [-p mp-weixin]       → the same, watching
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
// uni finds its plugins through the package.json of the working directory.
process.chdir(root)
process.env.UNI_INPUT_DIR = process.env.VITE_ROOT_DIR = `${root}miniprogram`
process.argv.push('-c', 'miniprogram/vite.config.ts')
await import('@dcloudio/vite-plugin-uni/bin/uni.js')
