import { computed, onScopeDispose, ref, shallowRef } from 'vue'
import { inChina } from '../runtime/core/china.ts'
import { texts, type Text } from './text.ts'

const language = ref<'zh' | 'en'>(
  navigator.language.startsWith('zh') || !navigator.language ? 'zh' : 'en',
)

export function useText() {
  const text = computed<Text>(() => texts[language.value])
  return { text, switchLanguage: () => (language.value = language.value === 'zh' ? 'en' : 'zh') }
}

/**
 * A door's answer, fetched again every `everyMs` while somebody looks; `lost` while the sandbox
 * does not answer.
 */
export function usePolled<T>(path: () => string, everyMs = 1500) {
  const data = shallowRef<T>()
  const lost = ref(false)
  let timer: ReturnType<typeof setTimeout> | undefined
  let isGone = false

  async function refresh() {
    clearTimeout(timer)
    try {
      if (!document.hidden || data.value === undefined) data.value = await ask<T>('GET', path())
      lost.value = false
    } catch {
      lost.value = true
    }
    if (!isGone) timer = setTimeout(refresh, everyMs)
  }
  void refresh()
  onScopeDispose(() => {
    isGone = true
    clearTimeout(timer)
  })
  return { data, lost, refresh }
}

/** Knocks at a door under `/_sandbox/`; rejects with its sentence. */
export async function ask<T>(method: string, path: string, body?: unknown): Promise<T> {
  const reply = await fetch(`/_sandbox/${path}`, {
    method,
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  const parsed = (await reply.json()) as T & { error?: string }
  if (!reply.ok) throw new Error(parsed.error ?? `HTTP ${reply.status}`)
  return parsed
}

export function pretty(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value, null, 2)
}

export function timeOf(iso: string): string {
  const at = inChina(iso)
  return at.isValid() ? at.format('HH:mm:ss.SSS') : iso
}
