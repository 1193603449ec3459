import uniPlugin from '@dcloudio/vite-plugin-uni'
import { defineConfig, type Plugin, type PluginOption } from 'vite'

// The package is CommonJS: under "type": "module" its function arrives on `.default`.
const uni = (uniPlugin as unknown as { default: (options: object) => PluginOption }).default
const platform = process.env.UNI_PLATFORM === 'mp-weixin' ? 'mp-weixin' : 'h5'

const beaconRule = /[^{}]*::?after\s*\{[^{}]*shadow-preload[^{}]*\}/g
const beaconFrames = /@(?:-webkit-)?keyframes\s+shadow-preload\s*\{(?:[^{}]*\{[^{}]*\})*\s*\}/g

/**
 * Removes a picture on DCloud's host that uni puts into every production build. It is fetched three
 * seconds after launch and counts each visit. A self-hosted product must not tell others who reads
 * what. The build stops when a new version of uni does it in another way.
 */
function withoutBeacons(): Plugin {
  return {
    name: 'without-beacons',
    apply: 'build',
    enforce: 'pre',
    transform(code, id) {
      if (!id.endsWith('/uni.mp.esm.js')) return null
      if (!/^\s*preloadAsset\(\);$/m.test(code))
        this.error('uni.mp.esm.js no longer calls preloadAsset(): look for what it calls instead')
      return { code: code.replace(/^\s*preloadAsset\(\);$/m, ''), map: null }
    },
    generateBundle: {
      order: 'post',
      handler(_, bundle) {
        for (const file of Object.values(bundle)) {
          if (file.type !== 'asset' || !/\.(css|wxss)$/.test(file.fileName)) continue
          file.source = String(file.source).replace(beaconRule, '').replace(beaconFrames, '')
          if (file.source.includes('dcloud'))
            this.error(`${file.fileName} still asks a host of DCloud`)
        }
      },
    },
  }
}

/** The used part of the template compiler's nodes: 1 = element, 6 = attribute, 7 = directive. */
interface TemplateNode {
  type: number
  tag?: string
  loc: object
  props?: {
    type: number
    name: string
    value?: object
    arg?: { content: string }
    loc: object
    nameLoc?: object
  }[]
}

/**
 * A mini program says `aria-role`, HTML says `role`. Everything that a finger can tap must also be
 * reachable by keyboard (`bridge/accessibility.ts` presses it).
 */
function htmlRoles({ type, tag, loc, props }: TemplateNode): void {
  if (type !== 1 || !props) return
  const add = (name: string, content: string) =>
    props.push({ type: 6, name, value: { type: 2, content, loc }, loc, nameLoc: loc })
  let pressed = tag === 'button'
  if (pressed) add('role', 'button')
  for (const prop of props) {
    if (prop.type === 6 && prop.name === 'aria-role') {
      prop.name = 'role'
      pressed ||= ['button', 'link', 'radio', 'switch'].includes(
        String((prop.value as { content?: string } | undefined)?.content),
      )
    }
    if (prop.type === 7 && prop.arg?.content === 'aria-role') {
      prop.arg.content = 'role'
      pressed = true
    }
  }
  if (pressed) add('tabindex', '0')
}

export default defineConfig({
  define: {
    __PLATFORM__: JSON.stringify(platform),
    // An H5 page calls the host it came from. A mini program has none, so the build sets it.
    __API_BASE__: JSON.stringify(
      platform === 'h5' ? '' : (process.env.VITE_API_BASE ?? 'https://chatside.example'),
    ),
  },
  build: {
    // uni sets no target. WeChat's clients begin at iOS 13 / Chrome 86, so `??=` must not reach
    // them.
    target: 'es2018',
    chunkSizeWarningLimit: 700,
  },
  plugins: [
    withoutBeacons(),
    uni({
      vueOptions: {
        template: { compilerOptions: { nodeTransforms: platform === 'h5' ? [htmlRoles] : [] } },
      },
    }),
  ],
})
