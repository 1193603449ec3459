import type { Frame, Locator, Page } from '@playwright/test'
import axe from 'axe-core'
import { expect } from './test.ts'

/** One broken rule, with the places, in words that lead there. */
interface Fault {
  rule: string
  help: string
  places: string[]
}

type Axe = typeof import('axe-core')

/** The document in an iframe. */
export async function frameOf(iframe: Locator): Promise<Frame> {
  const element = await iframe.elementHandle()
  const frame = await element?.contentFrame()
  if (!frame) throw new Error('the iframe holds no document')
  return frame
}

/** Every rule of axe on one document; the documents in its frames are screens of their own. */
async function faultsOf(frame: Frame): Promise<Fault[]> {
  if (!(await frame.evaluate(() => 'axe' in window))) await frame.evaluate(axe.source)
  return frame.evaluate(async () => {
    // A colour is not measured halfway, and a change of a parent begins one of its children. An
    // endless pulse is not waited for.
    for (;;) {
      const moving = document
        .getAnimations()
        .filter(({ effect }) => effect?.getComputedTiming().iterations !== Infinity)
      if (moving.length === 0) break
      await Promise.all(moving.map(({ finished }) => finished.catch(() => null)))
      await new Promise(requestAnimationFrame)
    }
    const { axe: runner } = window as unknown as { axe: Axe }
    const { violations } = await runner.run(document, {
      iframes: false,
      resultTypes: ['violations'],
    })
    return violations.map(({ id, help, nodes }) => ({
      rule: id,
      help,
      places: nodes.map(({ html, any, all, none }) =>
        [html.slice(0, 200), ...[...any, ...all, ...none].map(({ message }) => message)].join(' '),
      ),
    }))
  })
}

/**
 * A screen that anybody can read and operate, in the light and in the dark. @param name stands in
 * the report of a red test
 */
export async function expectAccessible(page: Page, frame: Frame, name: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    // A frame learns of it later than its page.
    await frame.waitForFunction(
      (wanted) => matchMedia(`(prefers-color-scheme: ${wanted})`).matches,
      colorScheme,
    )
    expect.soft(await faultsOf(frame), `${name}, ${colorScheme}`).toEqual([])
  }
}

/** The same for the desk and the inspector, which have a switch of their own. */
export async function expectAccessibleAsIs(frame: Frame, name: string): Promise<void> {
  expect.soft(await faultsOf(frame), name).toEqual([])
}
