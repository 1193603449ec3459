// The browser of the journeys: an installed one, or else Debian's.
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { run } from './processes.mjs'
import { step, Stop } from './say.mjs'

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome']
const places = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
]

/** Returns the path of a Chromium, or undefined. `CHROME_PATH` wins. */
export function findChromium() {
  const { CHROME_PATH, PATH = '' } = process.env
  if (CHROME_PATH) return CHROME_PATH
  return [
    ...PATH.split(delimiter).flatMap((folder) => names.map((name) => join(folder, name))),
    ...places,
  ].find((path) => existsSync(path))
}

/** @returns {Promise<string>} @throws Stop with what to install */
export async function ensureChromium() {
  const found = findChromium()
  if (found && existsSync(found)) return found
  if (found) throw new Stop(`CHROME_PATH is ${found}, but there is no such file.`)
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get'))
    await step('installing chromium (Debian package)', install)
  const installed = findChromium()
  if (installed) return installed
  throw new Stop(
    'The journeys need Chromium. Install it (Debian: sudo apt-get install chromium; macOS: brew install --cask chromium), or set CHROME_PATH to a Chromium or Chrome.',
  )
}

async function install() {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const update = await run('apt-get', ['update', '-q'], { env })
  const { code, output } = await run(
    'apt-get',
    ['install', '-y', '-q', '--no-install-recommends', 'chromium', 'fonts-wqy-zenhei'],
    { env },
  )
  if (code !== 0)
    throw new Stop(`Debian's chromium could not be installed.\n\n${update.output}\n${output}`)
}
