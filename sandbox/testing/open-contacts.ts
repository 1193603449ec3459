import { afterAll, beforeAll, beforeEach, expect } from 'vitest'
import type { Delivery, DeskState, SceneName } from '../api.ts'
import { startSandbox, type Sandbox } from '../start.ts'
import { uploadForm } from './media.ts'
import { operate } from './open-sandbox.ts'

type Json = Record<string, unknown>

interface Contacts {
  /** A POST of the scene's main app, or of another by its secret; the path without `/cgi-bin/`. */
  call: (path: string, body?: unknown, secret?: string) => Promise<Json>
  /** The same as a GET. */
  read: (path: string, query?: Record<string, string>, secret?: string) => Promise<Json>
  /** A file of the scene's main app, e.g. `('media/upload', png, 'a.png', 'image')`. */
  upload: (path: string, bytes: Buffer, name: string, type?: string) => Promise<Json>
  /** `POST /_sandbox/happenings/<name>`. */
  happen: (name: string, body: unknown) => Promise<Json>
  /** The same for nonsense: the sentence. */
  refused: (name: string, body: unknown) => Promise<string>
  /** Plaintexts of the pushes so far, oldest first; of one receiver if named. */
  pushes: (receiver?: string) => Promise<string[]>
  state: () => Promise<DeskState>
  post: (path: string, body: unknown) => Promise<Json>
  get: (path: string) => Promise<Json>
  letPass: (seconds: number) => Promise<unknown>
  /**
   * Holds that the call is refused with this errcode and changes nothing that the desk or the
   * inspector shows.
   */
  refuse: (errcode: number, path: string, body?: unknown, secret?: string) => Promise<void>
}

/** One sandbox for a file of tests, put back to the scene before each. */
export function openContacts(scene: SceneName = 'demo'): Contacts {
  let sandbox: Sandbox
  let stage: Awaited<ReturnType<typeof operate>>
  const tokens = new Map<string, string>()

  beforeAll(async () => {
    sandbox = await startSandbox()
    stage = await operate(sandbox)
  })
  afterAll(() => sandbox.close())
  beforeEach(async () => {
    await stage.post('/_sandbox/reset', { scene })
    tokens.clear()
  })

  const tokenOf = async (secret?: string) => {
    const { env } = (await stage.get('/_sandbox/credentials')) as { env: Record<string, string> }
    const wanted = secret ?? env.WECOM_AGENT_SECRET ?? ''
    const known = tokens.get(wanted)
    if (known !== undefined) return known
    // The two kinds of app know the corp by different ids.
    const corpIds = [env.WECOM_CORP_ID ?? '', (await stage.state()).corp.id]
    for (const corpId of corpIds) {
      const { access_token: token } = await stage.get(
        `/wecom/cgi-bin/gettoken?corpid=${corpId}&corpsecret=${wanted}`,
      )
      if (typeof token !== 'string') continue
      tokens.set(wanted, token)
      return token
    }
    throw new Error('no app has this secret')
  }
  const urlOf = async (path: string, query: Record<string, string>, secret?: string) => {
    const search = new URLSearchParams({ access_token: await tokenOf(secret), ...query })
    return `/wecom/cgi-bin/${path}?${search}`
  }
  const call: Contacts['call'] = async (path, body = {}, secret) =>
    (await stage.knock('POST', await urlOf(path, {}, secret), body)).body
  const everything = async () => {
    const { clock: _clock, revision: _revision, ...state } = await stage.state()
    const { items } = await stage.get('/_sandbox/deliveries')
    return { state, items }
  }
  return {
    call,
    read: async (path, query = {}, secret) => stage.get(await urlOf(path, query, secret)),
    async upload(path, bytes, name, type) {
      const url = `${sandbox.origin}${await urlOf(path, type === undefined ? {} : { type })}`
      const reply = await fetch(url, { method: 'POST', body: uploadForm(bytes, name) })
      return (await reply.json()) as Json
    },
    happen: (name, body) => stage.post(`/_sandbox/happenings/${name}`, body),
    async refused(name, body) {
      const { status, body: reply } = await stage.knock(
        'POST',
        `/_sandbox/happenings/${name}`,
        body,
      )
      expect(status).toBe(400)
      return String(reply.error)
    },
    async pushes(receiver) {
      const { items } = (await stage.get('/_sandbox/deliveries')) as unknown as {
        items: Delivery[]
      }
      return items
        .filter((one) => receiver === undefined || one.receiver === receiver)
        .map(({ body }) => body)
    },
    state: () => stage.state(),
    post: (path, body) => stage.post(path, body),
    get: (path) => stage.get(path),
    letPass: (seconds) => {
      // Tokens run out with the clock.
      tokens.clear()
      return stage.post('/_sandbox/clock', { advanceSeconds: seconds })
    },
    async refuse(errcode, path, body, secret) {
      // Asking for a token is not what is refused, and it is seen in the state.
      await tokenOf(secret)
      const before = await everything()
      expect((await call(path, body, secret)).errcode, path).toBe(errcode)
      expect(await everything()).toEqual(before)
    },
  }
}
