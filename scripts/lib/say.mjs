// What the commands print: one line per step, with its duration, readable in a terminal and in a CI
// log.

const colour = process.stdout.isTTY && !process.env.NO_COLOR

/** @param {string} text @param {number} code */
const paint = (text, code) => (colour ? `\x1b[${code}m${text}\x1b[0m` : text)

export const green = (/** @type {string} */ text) => paint(text, 32)
export const red = (/** @type {string} */ text) => paint(text, 31)
export const dim = (/** @type {string} */ text) => paint(text, 2)
export const bold = (/** @type {string} */ text) => paint(text, 1)

/** @param {number} milliseconds */
export function seconds(milliseconds) {
  return `${(milliseconds / 1000).toFixed(1)} s`
}

/** Ends the command with a sentence for the user: no stack, exit code 1. */
export class Stop extends Error {
  /** @override */
  name = 'Stop'
}

/**
 * Announces a step, runs it, and prints its duration.
 * @template T @param {string} name @param {() => Promise<T>} work @returns {Promise<T>}
 */
export async function step(name, work) {
  const begun = Date.now()
  if (colour) process.stdout.write(`  ${dim('…')} ${name}\r`)
  try {
    const result = await work()
    console.log(`  ${green('✓')} ${name.padEnd(44)} ${dim(seconds(Date.now() - begun))}`)
    return result
  } catch (error) {
    console.log(`  ${red('✗')} ${name.padEnd(44)} ${dim(seconds(Date.now() - begun))}`)
    throw error
  }
}

/**
 * Runs a command's main function. A Stop ends it with its sentence, any other error with its stack.
 * @param {() => Promise<unknown>} work
 */
export async function main(work) {
  try {
    await work()
  } catch (error) {
    console.error(error instanceof Stop ? `\n${red('Stopped.')} ${error.message}\n` : error)
    process.exitCode = 1
  }
}
