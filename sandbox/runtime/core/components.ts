import { type Bundle, readConfig } from './bundle.ts'
import { withPlainEvents } from './events.ts'
import type { CodeSpace, ComponentEnv, TemplateGroups } from './glass.ts'

/** Gives a page or component its template, its json, and its wxss when there is one. */
export function declareComponent(
  space: CodeSpace,
  bundle: Bundle,
  groups: TemplateGroups,
  path: string,
  styled: boolean,
): void {
  const group = groups[path]
  if (!group) throw new Error(`no template of ${path}`)
  space.addComponentStaticConfig(path, configOf(bundle, path))
  space.addCompiledTemplate(path, {
    groupList: groups,
    content: (name: string) => withPlainEvents(group(name)),
    // Handlers are bound as `bindtap`, also where a tag is no component of ours.
    fallbackListenerOnNativeNode: true,
  })
  space.addStyleSheet(
    path,
    styled && bundle.files.has(`${path}.wxss`) ? path : undefined,
    scopeOf(path),
  )
}

/**
 * The adapter takes the style isolation from the json alone, a mini program may write it into the
 * definition (`options`) too.
 */
export function defineComponent(
  space: CodeSpace,
  bundle: Bundle,
  path: string,
  env: ComponentEnv,
  definition: Definition,
): void {
  const { styleIsolation, addGlobalClass } = definition.options ?? {}
  if (!bundle.pages.includes(path) && (styleIsolation ?? addGlobalClass) !== undefined)
    space.addComponentStaticConfig(path, {
      ...configOf(bundle, path),
      ...(styleIsolation !== undefined && { styleIsolation }),
      ...(addGlobalClass !== undefined && { addGlobalClass }),
    })
  env.Component(definition)
}

export interface Definition {
  options?: { styleIsolation?: string; addGlobalClass?: boolean }
}

function configOf(bundle: Bundle, path: string): object {
  const isPage = bundle.pages.includes(path)
  return {
    ...readConfig<object>(bundle, `${path}.json`),
    component: !isPage,
    ...(isPage && { styleIsolation: 'shared' }),
  }
}

/** The prefix of the classes of an isolated component: `ui/UiCell` → `ui-UiCell`. */
export function scopeOf(path: string): string {
  return path.replace(/[^\w-]/g, '-')
}
