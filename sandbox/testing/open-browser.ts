/// <reference lib="dom" />
import { chromium, type Browser, type Frame, type Page } from '@playwright/test'
import { existsSync } from 'node:fs'
import type { OpenWebview } from '../api.ts'
import type { OpenedSandbox } from './open-sandbox.ts'

const places = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]

/** The Chromium of this machine; `CHROME_PATH` wins. */
export function openBrowser(): Promise<Browser> {
  const executablePath = process.env.CHROME_PATH ?? places.find(existsSync)
  if (!executablePath) throw new Error('these tests need Chromium: install it, or set CHROME_PATH')
  return chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  })
}

/**
 * Opens a page in a client's window as the desk does: register, name the frame, load it. `desk` is
 * any page of an ordinary browser; all frames of a file share it, because a frame costs a tenth of
 * a page.
 */
export async function openFrame(
  desk: Page,
  sandbox: OpenedSandbox,
  wish: OpenWebview,
): Promise<{ id: string; frame: Frame; close: () => Promise<void> }> {
  const { id, src } = await sandbox.webview(wish)
  await desk.evaluate(
    ([name, address]) => {
      const frame = document.createElement('iframe')
      frame.name = name
      frame.src = address
      document.body.prepend(frame)
      return new Promise((resolve) => frame.addEventListener('load', resolve))
    },
    [id, src] as const,
  )
  const frame = desk.frame({ name: id })
  if (!frame) throw new Error('the frame did not open')
  return { id, frame, close: () => desk.evaluate(() => document.querySelector('iframe')?.remove()) }
}
