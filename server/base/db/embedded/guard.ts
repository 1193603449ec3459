import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { platform } from 'node:os'
import { join } from 'node:path'

/**
 * Waits for a word from its server. Without one the server was killed. When no other server is
 * present then, PostgreSQL is asked to stop. Arguments: the folder of those present, our own name
 * in it, the data of PostgreSQL. A supervisor's signal to the whole group is not for the guard.
 */
const script = `
trap '' INT TERM HUP
read -r word
[ "$word" = done ] && exit 0
rm -f "$1/$2"
for one in "$1"/*; do
  [ -e "$one" ] || continue
  name=\${one##*/}
  kill -0 "\${name%%-*}" 2>/dev/null && exit 0
  rm -f "$one"
done
pid=$(head -n 1 "$3/postmaster.pid" 2>/dev/null)
[ -n "$pid" ] || exit 0
command=$(tr '\\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null || ps -o args= -p "$pid")
case "$command" in *"$3"*) kill -INT "$pid" ;; esac
`

export interface Guard {
  /** This process leaves in good order; nothing is left to do for the guard. */
  dismiss(): Promise<void>
}

/**
 * Shows that this process uses the PostgreSQL of `data`, and has it stopped when this process is
 * killed and was the last one. The guard is a shell of less than a megabyte that waits on a pipe.
 * Windows has none; there the next start adopts PostgreSQL.
 * @param present a folder; the file of each process begins with its number
 */
export async function postGuard(present: string, data: string): Promise<Guard> {
  const name = `${process.pid}-${randomBytes(4).toString('hex')}`
  await mkdir(present, { recursive: true })
  await writeFile(join(present, name), '')
  const shell =
    platform() === 'win32'
      ? null
      : spawn('sh', ['-c', script, 'chatside-guard', present, name, data], {
          cwd: '/',
          // A group of its own: what ends the group of the server does not end the guard.
          detached: true,
          stdio: ['pipe', 'ignore', 'ignore'],
        })
  // Without a shell, or once it has ended, there is no guard, and the next start adopts PostgreSQL.
  shell?.on('error', () => undefined).unref()
  shell?.stdin.on('error', () => undefined)
  if (shell && 'unref' in shell.stdin && typeof shell.stdin.unref === 'function')
    shell.stdin.unref()
  return {
    async dismiss() {
      await rm(join(present, name), { force: true })
      shell?.stdin.end('done\n')
    },
  }
}
