import type { Machine } from '../machine.ts'
import type { Navigation } from '../../core/stack.ts'
import { asynchronous, numberOf, type Options, Refused, textOf } from './api.ts'
import type { Screen } from '../screen.ts'
import type { GlassComponent, GlassElement } from '../../core/glass.ts'

/** Going from page to page, the bar above it, its scrolling, and where things stand in it. */
export function pageFunctions(machine: Machine, screen: Screen): Record<string, unknown> {
  const go = (kind: Navigation) => (options: Options) => {
    const { pages } = machine.program
    const address = textOf(options, 'url')
    const refused = pages.refusal(kind, address, pages.depth > 0 ? pages.top.path : '')
    if (refused !== null) throw new Refused(refused)
    pages.go(kind, address, numberOf(options, 'delta', 1))
  }
  return {
    ...asynchronous({
      navigateTo: go('navigateTo'),
      redirectTo: go('redirectTo'),
      reLaunch: go('reLaunch'),
      switchTab: go('switchTab'),
      navigateBack: go('navigateBack'),
      setNavigationBarTitle: (options) => screen.setTitle(textOf(options, 'title')),
      setNavigationBarColor: () => ({}),
      setBackgroundColor: () => ({}),
      setBackgroundTextStyle: () => ({}),
      showNavigationBarLoading: () => ({}),
      hideNavigationBarLoading: () => ({}),
      hideHomeButton: () => ({}),
      startPullDownRefresh: () => screen.pull(),
      stopPullDownRefresh: () => screen.endPull(),
      pageScrollTo: (options) => scrollTo(machine, screen, options),
      showShareMenu: () => ({}),
      hideShareMenu: () => ({}),
      updateShareMenu: () => ({}),
      exitMiniProgram: () => void machine.ask('mini/close'),
    }),
    createSelectorQuery: () => selectorQuery(machine, screen),
    createIntersectionObserver: (
      component: unknown,
      options: { thresholds?: number[]; observeAll?: boolean } = {},
    ) => intersectionObserver(machine, screen, component, options),
  }
}

function scrollTo(machine: Machine, screen: Screen, options: Options): void {
  const selector = textOf(options, 'selector')
  const target = selector === '' ? null : (find(machine, undefined, selector)[0] ?? null)
  if (selector !== '' && !target) throw new Refused('selector not found')
  const { scroller } = screen
  const top = target
    ? target.getBoundingClientRect().top + scroller.scrollTop
    : numberOf(options, 'scrollTop', 0)
  const isSlow =
    numberOf(options, 'duration', 300) > 0 &&
    !matchMedia('(prefers-reduced-motion: reduce)').matches
  scroller.scrollTo({
    top: top + numberOf(options, 'offsetTop', 0),
    behavior: isSlow ? 'smooth' : 'instant',
  })
}

interface Searchable extends GlassComponent<HTMLElement> {
  getShadowRoot(): {
    querySelectorAll(
      selector: string,
    ): (GlassElement & { getBackendElement(): HTMLElement | null })[]
  } | null
}

/**
 * Where `in(this)` points: the component behind what a mini program calls `this`; none: the page.
 */
function find({ program }: Machine, component: unknown, selector: string): HTMLElement[] {
  const inside =
    (component as { _$?: Searchable } | undefined)?._$ ??
    (program.pages.top.root.getComponent() as Searchable)
  return (inside.getShadowRoot()?.querySelectorAll(selector) ?? []).flatMap(
    (one) => one.getBackendElement() ?? [],
  )
}

type Done = (result: never) => void
interface Question {
  ask: () => unknown
  done: Done | undefined
}

function selectorQuery(machine: Machine, screen: Screen): object {
  const questions: Question[] = []
  let inside: unknown
  const nodes = (look: () => HTMLElement[], isOne: boolean) => {
    const push = (read: (node: HTMLElement) => object, done?: Done) => {
      const ask = () => (isOne ? (look().slice(0, 1).map(read)[0] ?? null) : look().map(read))
      questions.push({ ask, done })
      return query
    }
    return {
      boundingClientRect: (done?: Done) => push(rectOf, done),
      scrollOffset: (done?: Done) => push(offsetOf, done),
      fields: (fields: Record<string, unknown>, done?: Done) =>
        push((node) => fieldsOf(node, fields), done),
      context: (done?: Done) => push((node) => ({ context: node }), done),
      node: (done?: Done) => push((node) => ({ node }), done),
    }
  }
  const query = {
    in(component: unknown) {
      inside = component
      return query
    },
    select: (selector: string) => nodes(lookFor(selector), true),
    selectAll: (selector: string) => nodes(lookFor(selector), false),
    selectViewport: () => nodes(() => [screen.scroller], true),
    exec(done?: (results: unknown[]) => void) {
      // WeChat asks its view, so the answer comes later.
      setTimeout(() => {
        const results = questions.map(({ ask }) => ask())
        questions.forEach((one, index) =>
          (one.done as ((result: unknown) => void) | undefined)?.(results[index]),
        )
        done?.(results)
      })
      return query
    },
  }
  function lookFor(selector: string) {
    const component = inside
    return () => find(machine, component, selector)
  }
  return query
}

function rectOf(node: HTMLElement): object {
  const { left, right, top, bottom, width, height } = node.getBoundingClientRect()
  const { id = '', dataset = {} } = (node as { __wxElement?: GlassElement }).__wxElement ?? {}
  return { id, dataset, left, right, top, bottom, width, height }
}

function offsetOf(node: HTMLElement): object {
  const { scrollLeft, scrollTop, scrollWidth, scrollHeight } = node
  return { scrollLeft, scrollTop, scrollWidth, scrollHeight }
}

function fieldsOf(node: HTMLElement, fields: Record<string, unknown>): object {
  const { id, dataset, width, height, ...sides } = rectOf(node) as Record<string, unknown>
  const style = getComputedStyle(node)
  const styles = Array.isArray(fields.computedStyle) ? (fields.computedStyle as string[]) : []
  return {
    ...(fields.id === true && { id }),
    ...(fields.dataset === true && { dataset }),
    ...(fields.rect === true && sides),
    ...(fields.size === true && { width, height }),
    ...(fields.scrollOffset === true && offsetOf(node)),
    ...Object.fromEntries(
      styles.map((name) => [
        name,
        style.getPropertyValue(name.replace(/[A-Z]/g, (big) => `-${big.toLowerCase()}`)),
      ]),
    ),
  }
}

function intersectionObserver(
  machine: Machine,
  screen: Screen,
  component: unknown,
  options: { thresholds?: number[]; observeAll?: boolean },
) {
  let observer: IntersectionObserver | undefined
  let margin = '0px'
  const self = {
    relativeTo: () => self,
    relativeToViewport({ top = 0, right = 0, bottom = 0, left = 0 }: Record<string, number> = {}) {
      margin = `${top}px ${right}px ${bottom}px ${left}px`
      return self
    },
    observe(selector: string, done: (result: object) => void) {
      observer = new IntersectionObserver(
        (entries) =>
          entries.forEach(
            ({
              target,
              intersectionRatio,
              intersectionRect,
              boundingClientRect,
              rootBounds,
              time,
            }) =>
              done({
                ...rectOf(target as HTMLElement),
                intersectionRatio,
                intersectionRect,
                boundingClientRect,
                relativeRect: rootBounds,
                time,
              }),
          ),
        { root: screen.scroller, rootMargin: margin, threshold: options.thresholds ?? [0] },
      )
      const found = find(machine, component, selector)
      for (const node of options.observeAll ? found : found.slice(0, 1)) observer.observe(node)
    },
    disconnect: () => observer?.disconnect(),
  }
  return self
}
