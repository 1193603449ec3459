#!/usr/bin/env node
import { sceneNames } from './scenes/all.ts'
import { startSandbox, type Sandbox } from './start.ts'

/** A port from the environment. Anything else ends the process with a sentence. */
function readPort(name: string, fallback: number): number {
  const value = process.env[name]
  if (value === undefined || value === '') return fallback
  const port = Number(value)
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port
  return stop(
    `${name} is "${value}", but must be a port between 0 (a free one) and 65535, e.g. ${fallback}`,
  )
}

function stop(sentence: string): never {
  process.stderr.write(`${sentence}\n`)
  process.exit(1)
}

/** For a person at a terminal; programs read the line before. */
function addresses({ origin, webviewOrigin }: Sandbox): string {
  return [
    `The desk       ${origin}/`,
    `The inspector  ${origin}/_sandbox/`,
    `Credentials    ${origin}/_sandbox/credentials`,
    `WeCom, WeChat  ${origin}/wecom  ${origin}/wechat  ${origin}/open`,
    `Your pages     ${webviewOrigin}/`,
    '',
  ].join('\n')
}

const wantedScene = process.env.SANDBOX_SCENE ?? 'demo'
const scene =
  sceneNames.find((name) => name === wantedScene) ??
  stop(`SANDBOX_SCENE is "${wantedScene}", but must be one of: ${sceneNames.join(', ')}`)
const upstream = (process.env.SANDBOX_UPSTREAM ?? 'http://127.0.0.1:3000')
  .split(',')
  .map((one) => one.trim().replace(/\/$/, ''))
if (upstream.length > 2 || upstream.some((one) => !/^http:\/\/[\w.-]+(:\d{1,5})?$/.test(one))) {
  stop(
    `SANDBOX_UPSTREAM is "${upstream.join(',')}", but must be one or two addresses such as http://127.0.0.1:3000`,
  )
}

try {
  const sandbox = await startSandbox({
    port: readPort('SANDBOX_PORT', 3100),
    webviewPort: readPort('SANDBOX_WEBVIEW_PORT', 3101),
    upstream,
    scene,
    ...(process.env.SANDBOX_HOST && { host: process.env.SANDBOX_HOST }),
    ...(process.env.SANDBOX_DESK && { deskFolder: process.env.SANDBOX_DESK }),
    ...(process.env.SANDBOX_MINIPROGRAM && {
      miniprogramFolder: process.env.SANDBOX_MINIPROGRAM,
    }),
    ...(process.env.SANDBOX_MINIPROGRAM_ORIGIN && {
      miniprogramOrigin: process.env.SANDBOX_MINIPROGRAM_ORIGIN,
    }),
  })
  process.stdout.write(
    `${JSON.stringify({ port: sandbox.port, webviewPort: sandbox.webviewPort })}\n`,
  )
  if (process.stdout.isTTY) process.stdout.write(addresses(sandbox))
  setTimeout(() => void sandbox.warm(), 1000).unref()
  const end = () => void sandbox.close().then(() => process.exit(0))
  process.once('SIGTERM', end)
  process.once('SIGINT', end)
} catch (error) {
  if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error
  stop(
    `${error.message}: another program uses this port. Stop it, or set SANDBOX_PORT and SANDBOX_WEBVIEW_PORT to free ones (0 = any)`,
  )
}
