import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** Koa with next to nothing in it, in a process of its own, started as our server is. */
export async function startBareKoa(): Promise<{ origin: string; pid: number; stop: () => void }> {
  const child = fork(fileURLToPath(new URL('bare-koa.ts', import.meta.url)), {
    execArgv: ['--import', 'tsx'],
    env: { ...process.env, NODE_ENV: 'production' },
  })
  const [{ port }] = (await once(child, 'message')) as [{ port: number }]
  return { origin: `http://127.0.0.1:${port}`, pid: child.pid ?? 0, stop: () => child.disconnect() }
}
