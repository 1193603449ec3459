import { build } from 'esbuild'
import { fileURLToPath } from 'node:url'
import { root } from '../root.ts'

/** The two scripts that stand in front of pages, built once when the sandbox starts. */
export async function buildScripts(): Promise<{ client: string; authorize: string }> {
  const [client, authorize] = await Promise.all([bundle('main.ts'), bundle('authorize.ts')])
  return { client, authorize }
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
