import { build } from 'esbuild'
import { fileURLToPath } from 'node:url'
import { root } from '../root.ts'

let built: Promise<{ client: string; authorize: string }> | undefined

/**
 * The two scripts that stand in front of pages, built once when the first sandbox of the process
 * starts.
 */
export function buildScripts(): Promise<{ client: string; authorize: string }> {
  built ??= Promise.all([bundle('main.ts'), bundle('authorize.ts')]).then(
    ([client, authorize]) => ({ client, authorize }),
  )
  return built
}

async function bundle(file: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(`sandbox/webview/client/${file}`, root))],
    bundle: true,
    write: false,
    format: 'iife',
    target: 'es2022',
    logLevel: 'silent',
  })
  return outputFiles[0]?.text ?? ''
}
