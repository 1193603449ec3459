import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isBuilt } from '../../scripts/lib/builds.mjs'
import { freePorts, launch } from '../../scripts/lib/launch.mjs'

/** A sandbox with one or more servers on a database of their own. */
export interface Stage {
  readonly deskUrl: string
  readonly sandboxUrl: string
  /** Where pages of the product are seen from inside the two clients. */
  readonly webviewUrl: string
  /** The first one answers the rep, the second one, when there is one, the customer. */
  readonly serverUrls: readonly string[]
  /** Ends a server as a power cut does, and starts it again. */
  kill(index: number): Promise<void>
  restart(index: number): Promise<void>
  /** The last lines that each program printed, for the report of a red test. */
  logs(): string
  stop(): Promise<void>
}

/** Starts a stage. @param slot keeps the ports of parallel workers apart */
export async function openStage(
  servers: number,
  slot: number,
  env: Record<string, string> = {},
): Promise<Stage> {
  for (const target of ['sidebar', 'desk', 'h5'])
    if (!isBuilt(target)) throw new Error(`the ${target} is not built: npm run build`)
  const dataDir = await mkdtemp(join(tmpdir(), 'chatside-stage-'))
  // Or, as root, the database would be put elsewhere, where its user can go, and outlive us.
  await chmod(dataDir, 0o755)
  const [sandbox = 0, webview = 0, ...rest] = await freePorts(servers + 2, 4600 + slot * 20)
  const launched = await launch({
    dataDir,
    ports: { servers: rest, sandbox, webview },
    // One address makes all calls of a run.
    env: { CHATSIDE_SEED: '1', RATE_LIMIT: '0', LOG_LEVEL: 'info', ...env },
  })
  return {
    deskUrl: `http://localhost:${sandbox}/`,
    sandboxUrl: `http://localhost:${sandbox}`,
    webviewUrl: `http://localhost:${webview}`,
    serverUrls: launched.serverUrls,
    async kill(index) {
      await launched.servers[index]?.stop('SIGKILL')
    },
    restart: launched.restart,
    logs: () =>
      launched.programs.map((program) => `── ${program.name}\n${program.tail()}`).join('\n\n'),
    async stop() {
      await launched.stop()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}
