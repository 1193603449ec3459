import type { Framework, GlassElement, GlassEvent, ProcGen } from './glass.ts'

/**
 * uni writes into the event, and takes `detail` only as an own property: it gets a plain object, as
 * from WeChat.
 */
export function withPlainEvents(generate: ProcGen | undefined): ProcGen | undefined {
  if (!generate) return undefined
  return (wrapper, ...rest) => {
    wrapper.setEventListenerWrapper((element, event, listener) =>
      listener.call(element, plain(event)),
    )
    return generate(wrapper, ...rest)
  }
}

function plain({
  type,
  timeStamp,
  detail,
  target,
  currentTarget,
  touches = [],
  changedTouches = [],
}: GlassEvent): object {
  const node = ({ id, dataset }: GlassElement) => ({
    id,
    dataset: dataset ?? {},
    offsetLeft: 0,
    offsetTop: 0,
  })
  return {
    type,
    timeStamp,
    detail,
    target: node(target),
    currentTarget: node(currentTarget),
    touches,
    changedTouches,
    mark: {},
  }
}

/**
 * WeChat's touch events rise through the tree; the events of built-in components (input, change …)
 * do not.
 */
export function trigger(
  framework: Framework,
  target: GlassElement,
  name: string,
  detail: unknown,
  extraFields: object = {},
): void {
  const rises =
    name === 'tap' || name === 'longpress' || name === 'longtap' || name.startsWith('touch')
  framework.triggerEvent(target, name, detail, {
    bubbles: rises,
    composed: rises,
    capturePhase: true,
    extraFields,
  })
}
