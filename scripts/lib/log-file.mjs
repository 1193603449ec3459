// The log files of the programs that we start. They outlive a start, because the reason of an end
// stands in them, and they stay small.
import { appendFileSync, existsSync, renameSync, statSync } from 'node:fs'

/** A file of 10 MB is set aside as `….1`; of three older parts the oldest is dropped. */
const mostBytes = 10 * 1024 * 1024
const olderParts = 3

/**
 * Opens the log at its end and writes when this start began.
 * @param {string} path
 * @param {{ most?: number, now?: Date }} [options]
 */
export function openLogFile(path, { most = mostBytes, now = new Date() } = {}) {
  let size = existsSync(path) ? statSync(path).size : 0
  let broken = false

  /** @param {string | Uint8Array} chunk */
  function write(chunk) {
    if (broken) return
    try {
      if (size > 0 && size + chunk.length > most) rotate()
      appendFileSync(path, chunk)
      size += chunk.length
    } catch (error) {
      // A full disk must not end the program whose log this is.
      broken = true
      console.error(`${path} cannot be written: ${/** @type {Error} */ (error).message}`)
    }
  }

  function rotate() {
    for (let part = olderParts - 1; part >= 1; part--)
      if (existsSync(`${path}.${part}`)) renameSync(`${path}.${part}`, `${path}.${part + 1}`)
    renameSync(path, `${path}.1`)
    size = 0
  }

  write(`--- started ${now.toISOString()}\n`)
  return { write, close: () => void (broken = true) }
}
