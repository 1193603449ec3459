import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

export interface Yardstick {
  origin: string
  pid: number
  stop: () => void
}

/** Starts a nearly empty Koa in a process of its own, in the same way as our server. */
export function startBareKoa(): Promise<Yardstick> {
  return start('bare-koa.ts')
}

/** Starts a Koa that appends to one table and reads pages with one query. */
export function startPlainKoa(databaseUrl: string, secret: string): Promise<Yardstick> {
  return start('plain-koa.ts', { DATABASE_URL: databaseUrl, SESSION_SECRET: secret })
}

async function start(program: string, env: Record<string, string> = {}): Promise<Yardstick> {
  const child = fork(fileURLToPath(new URL(program, import.meta.url)), {
    execArgv: ['--import', 'tsx'],
    env: { ...process.env, NODE_ENV: 'production', ...env },
  })
  const [{ port }] = (await once(child, 'message')) as [{ port: number }]
  return { origin: `http://127.0.0.1:${port}`, pid: child.pid ?? 0, stop: () => child.disconnect() }
}
