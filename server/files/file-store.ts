import { createHash, randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { kept } from '../base/kept.ts'
import { Problem } from '../base/problem.ts'

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
   * @throws Problem `storage_full`
   */
  put(source: Uint8Array | AsyncIterable<Uint8Array>): Promise<StoredBytes>
  /**
   * Runs `work` with a path for bytes that still arrive. Whatever happens, nothing stays there.
   * @throws Problem `storage_full`
   */
  withTemporary<T>(work: (path: string) => Promise<T>): Promise<T>
  /** Removes what killed processes left half-written before that time. Returns how many. */
  sweep(before: Date): Promise<number>
  /** Returns null when nothing is stored under that hash. */
  open(sha256: string, range?: ByteRange): Promise<Readable | null>
  /** Removes the bytes, if they are there. The caller makes sure that no row names them. */
  remove(sha256: string): Promise<void>
}

/** What is still written has such a name, and never the name of a hash. */
const unfinished = 'incoming-'

export const fileStore = kept<FileStore>('bytes of files')

export function createFileStore(options: { dataDir: string }): FileStore {
  const root = join(options.dataDir, 'files')

  async function withTemporary<T>(work: (path: string) => Promise<T>): Promise<T> {
    const temporary = join(root, `${unfinished}${randomUUID()}`)
    try {
      await mkdir(root, { recursive: true })
      return await work(temporary)
    } catch (error) {
      if (!isFull(error)) throw error
      throw new Problem('storage_full', undefined, { cause: error })
    } finally {
      await rm(temporary, { force: true })
    }
  }

  return {
    withTemporary,

    put(source) {
      return withTemporary(async (temporary) => {
        const written = await write(temporary, source)
        const directory = join(root, written.sha256.slice(0, 2))
        await mkdir(directory, { recursive: true })
        // A rename is atomic and puts the same bytes in place of the same bytes. A second process
        // that does this too does no harm.
        await rename(temporary, join(directory, written.sha256))
        await syncDirectory(directory)
        return written
      })
    },

    async sweep(before) {
      const names = await readdir(root).catch(nothingWhenMissing)
      let swept = 0
      for (const name of names ?? []) {
        if (!name.startsWith(unfinished)) continue
        const found = await stat(join(root, name)).catch(nothingWhenMissing)
        if (!found || found.mtime >= before) continue
        await rm(join(root, name), { force: true })
        swept += 1
      }
      return swept
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

/** Whether the disk, or what this user may have of it, is full. */
function isFull(error: unknown): boolean {
  return error instanceof Error && 'code' in error && /^(ENOSPC|EDQUOT)$/.test(String(error.code))
}
