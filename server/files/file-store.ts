import { createHash, randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, open, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { kept } from '../base/kept.ts'

export interface ByteRange {
  /** First and last byte, both included. */
  start: number
  end: number
}

export interface StoredBytes {
  /** Lower-case hex; the bytes are stored under this name. */
  sha256: string
  bytes: number
}

/** Stores bytes by their content. Name, owner and access stand in a row of `files`. */
export interface FileStore {
  /**
   * Stores the bytes; they are safe on the disk when it returns. The same bytes are kept once, even
   * when two processes store them at the same moment.
   */
  put(source: Uint8Array | AsyncIterable<Uint8Array>): Promise<StoredBytes>
  /** Returns null when nothing is stored under that hash. */
  open(sha256: string, range?: ByteRange): Promise<Readable | null>
  /** Removes the bytes, if they are there. The caller makes sure that no row names them. */
  remove(sha256: string): Promise<void>
}

export const fileStore = kept<FileStore>('bytes of files')

export function createFileStore(options: { dataDir: string }): FileStore {
  const root = join(options.dataDir, 'files')

  return {
    async put(source) {
      await mkdir(root, { recursive: true })
      const temporary = join(root, `incoming-${randomUUID()}`)
      try {
        const written = await write(temporary, source)
        const directory = join(root, written.sha256.slice(0, 2))
        await mkdir(directory, { recursive: true })
        // A rename is atomic and puts the same bytes in place of the same bytes. A second process
        // that does this too does no harm.
        await rename(temporary, join(directory, written.sha256))
        await syncDirectory(directory)
        return written
      } finally {
        await rm(temporary, { force: true })
      }
    },

    async open(sha256, range) {
      const path = join(root, sha256.slice(0, 2), sha256)
      const found = await stat(path).catch(nothingWhenMissing)
      return found ? createReadStream(path, range) : null
    },

    async remove(sha256) {
      await rm(join(root, sha256.slice(0, 2), sha256), { force: true })
    },
  }
}

async function write(
  path: string,
  source: Uint8Array | AsyncIterable<Uint8Array>,
): Promise<StoredBytes> {
  const hash = createHash('sha256')
  let bytes = 0
  const handle = await open(path, 'wx', 0o640)
  try {
    for await (const chunk of source instanceof Uint8Array ? [source] : source) {
      hash.update(chunk)
      bytes += chunk.byteLength
      await handle.writeFile(chunk)
    }
    await handle.sync()
  } finally {
    await handle.close()
  }
  return { sha256: hash.digest('hex'), bytes }
}

/** A new name is only safe from a power cut once its directory is on the disk too. */
async function syncDirectory(path: string): Promise<void> {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

function nothingWhenMissing(error: unknown): null {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
  throw error
}
