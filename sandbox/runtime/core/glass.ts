/**
 * The parts of glass-easel 0.12.1 and its miniprogram adapter that we touch. Some
 * (`setEventListenerWrapper`, `__wxElement`, `_$nodeAttributes` behind `getAttribute`) are
 * internals: the version is pinned.
 */
export interface GlassElement {
  /** The tag, or the path of a component. */
  is: string
  dataset: Record<string, unknown>
  id: string
  getAttribute(name: string): unknown
  setNodeClass(names: string, segment: number): void
}

export interface GlassNode {
  childNodes?: GlassNode[]
  shadowRoot?: GlassNode
  triggerLifetime?(name: string, args: unknown[]): void
}

export interface GlassComponent<Node> extends GlassElement {
  shadowRoot?: GlassNode
  childNodes: GlassNode[]
  getBackendElement(): Node
  triggerPageLifetime(name: string, args: unknown[]): void
  triggerLifetime(name: string, args: unknown[]): void
}

/** What `this` is inside a page. */
export interface PageInstance {
  route: string
  options: Record<string, string>
  [method: string]: unknown
}

export interface Root<Node> {
  get(): PageInstance
  getComponent(): GlassComponent<Node>
  attach(parent: Node, placeholder: Node): void
  release(): void
}

export interface ComponentEnv {
  Page: (definition: object) => void
  Component: (definition: object) => void
  Behavior: (definition: object) => unknown
}

export interface CodeSpace {
  getComponentSpace(): { updateComponentOptions(options: object): void }
  addComponentStaticConfig(path: string, config: object): void
  addCompiledTemplate(path: string, template: object): void
  addStyleSheet(path: string, address: string | undefined, scope?: string): void
  componentEnv<T>(path: string, run: (env: ComponentEnv) => T): T
}

export interface Adapter<Node> {
  MiniProgramEnv: new () => {
    createCodeSpace(id: string, main: boolean): CodeSpace
    associateBackend(context?: object): {
      createRoot(tag: string, space: CodeSpace, path: string): Root<Node>
    }
  }
  component: {
    ComponentCaller: { prototype: { setData(this: object, data: object, done?: () => void): void } }
  }
}

export interface Framework {
  triggerEvent(target: GlassElement, name: string, detail: unknown, options: object): void
}

export interface GlassEvent {
  type: string
  timeStamp: number
  detail: unknown
  target: GlassElement
  currentTarget: GlassElement
  touches?: object[]
  changedTouches?: object[]
}

interface ProcGenWrapper {
  setEventListenerWrapper(
    wrapper: (element: object, event: GlassEvent, listener: (event: object) => unknown) => unknown,
  ): void
}

export type ProcGen = (wrapper: ProcGenWrapper, ...rest: unknown[]) => unknown
export type TemplateGroups = Record<string, (name: string) => ProcGen | undefined>
