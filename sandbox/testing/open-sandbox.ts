import { onTestFinished } from 'vitest'
import type { DeskState, OpenWebview, OpenedWebview } from '../api.ts'
import { startSandbox, type Sandbox, type SandboxOptions } from '../start.ts'

type Json = Record<string, unknown>

export interface OpenedSandbox extends Sandbox {
  env: Record<string, string>
  get: (path: string) => Promise<Json>
  post: (path: string, body: unknown) => Promise<Json>
  /** The status and body of a door, for what is refused. */
  knock: (method: string, path: string, body?: unknown) => Promise<{ status: number; body: Json }>
  state: () => Promise<DeskState>
  webview: (wish: OpenWebview) => Promise<OpenedWebview>
  /** A call of WeCom's API with a fresh token. */
  wecom: (path: string, query?: Record<string, string>, body?: unknown) => Promise<Json>
  wecomToken: () => Promise<string>
}

/** A sandbox on free ports that closes with the test. */
export async function openSandbox(options: SandboxOptions = {}): Promise<OpenedSandbox> {
  // A receiver on a starved machine is not late for that.
  const sandbox = await startSandbox({ callbackSecondMs: 10_000, ...options })
  onTestFinished(() => sandbox.close())
  return operate(sandbox)
}

export async function operate(sandbox: Sandbox): Promise<OpenedSandbox> {
  const knock = async (method: string, path: string, body?: unknown) => {
    const reply = await fetch(`${sandbox.origin}${path}`, {
      method,
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    return { status: reply.status, body: (await reply.json()) as Json }
  }
  const get = async (path: string) => (await knock('GET', path)).body
  const post = async (path: string, body: unknown) => {
    const reply = await knock('POST', path, body)
    if (reply.status !== 200) throw new Error(`${path}: ${JSON.stringify(reply.body)}`)
    return reply.body
  }
  const { env } = (await get('/_sandbox/credentials')) as { env: Record<string, string> }
  const wecomToken = async () =>
    String(
      (
        await get(
          `/wecom/cgi-bin/gettoken?corpid=${env.WECOM_CORP_ID}&corpsecret=${env.WECOM_AGENT_SECRET}`,
        )
      ).access_token,
    )
  return {
    ...sandbox,
    env,
    get,
    post,
    knock,
    state: async () => (await get('/_sandbox/state')) as unknown as DeskState,
    webview: async (wish) => (await post('/_sandbox/webviews', wish)) as unknown as OpenedWebview,
    wecomToken,
    async wecom(path, query = {}, body) {
      const search = new URLSearchParams({ access_token: await wecomToken(), ...query })
      return (
        await knock(body === undefined ? 'GET' : 'POST', `/wecom/cgi-bin/${path}?${search}`, body)
      ).body
    },
  }
}
