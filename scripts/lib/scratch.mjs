// Where tests put databases and other files of a few minutes: in memory where the machine has room,
// because hundreds of databases are made and thrown away, and a disk writes each of them.
import { accessSync, constants, statfsSync } from 'node:fs'
import { freemem } from 'node:os'

const memory = '/dev/shm'
/** What a whole run takes at its highest is a quarter of this. */
const roomBytes = 3 * 1024 ** 3

/** Lets `os.tmpdir()`, here and in our children, name a folder in memory; `TMPDIR` wins. */
export function useScratch() {
  if (!process.env.TMPDIR && hasRoom()) process.env.TMPDIR = memory
}

function hasRoom() {
  try {
    accessSync(memory, constants.W_OK | constants.X_OK)
    const { bavail, bsize } = statfsSync(memory)
    return Math.min(bavail * bsize, freemem()) > roomBytes
  } catch {
    // Not on this system.
    return false
  }
}
