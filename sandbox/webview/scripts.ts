import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { home, isCheckout } from '../home.ts'

export interface Scripts {
  client: string
  authorize: string
  /** In front of a mini program's frame. */
  phone: string
}

/** Made from nothing but sources, so all sandboxes of a process share it. */
let made: Promise<Scripts> | undefined

/**
 * The scripts that stand in front of pages: made once when the first sandbox of a process
 * starts; in the package they lie ready.
 */
export function pageScripts(): Promise<Scripts> {
  made ??= Promise.all([script('main'), script('authorize'), script('phone')]).then(
    ([client, authorize, phone]) => ({ client, authorize, phone }),
  )
  return made
}

async function script(name: string): Promise<string> {
  if (!isCheckout) return readFile(new URL(`webview/client/${name}.js`, home), 'utf8')
  const { build } = await import('esbuild')
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(`webview/client/${name}.ts`, home))],
    bundle: true,
    write: false,
    format: 'iife',
    target: 'es2022',
    logLevel: 'silent',
  })
  return outputFiles[0]?.text ?? ''
}
