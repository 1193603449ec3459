// Tests put short-lived files such as databases into memory, if the machine has room. They make and
// throw away hundreds of databases, and a disk would write each of them.
import { accessSync, constants, statfsSync } from 'node:fs'
import { freemem } from 'node:os'

const memory = '/dev/shm'
/** Four times what a whole run takes at its peak. */
const roomBytes = 3 * 1024 ** 3

/** Makes `os.tmpdir()` a folder in memory, here and in our children. `TMPDIR` wins. */
export function useScratch() {
  if (!process.env.TMPDIR && hasRoom()) process.env.TMPDIR = memory
}

function hasRoom() {
  try {
    accessSync(memory, constants.W_OK | constants.X_OK)
    const { bavail, bsize } = statfsSync(memory)
    return Math.min(bavail * bsize, freemem()) > roomBytes
  } catch {
    // This system has no such folder.
    return false
  }
}
