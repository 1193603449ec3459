import { computed, ref, watchEffect, type ComputedRef, type Ref } from 'vue'
import { texts, type Language, type Text } from '../text.ts'

export type Theme = 'light' | 'dark'

/**
 * The only two things the desk keeps between visits. A browser that refuses storage just forgets
 * them.
 */
const keys = { language: 'desk.language', theme: 'desk.theme' } as const

function kept(key: string): string | null {
  try {
    return localStorage.getItem(key)
  } catch {
    return null
  }
}

function keep(key: string, value: string): void {
  try {
    localStorage.setItem(key, value)
  } catch {
    // private windows refuse storage; the choice then lasts as long as the page
  }
}

function firstTheme(): Theme {
  const choice = kept(keys.theme)
  if (choice === 'light' || choice === 'dark') return choice
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'
}

const dark = matchMedia('(prefers-color-scheme: dark)')

const language = ref<Language>(kept(keys.language) === 'en' ? 'en' : 'zh')
const theme = ref<Theme>(firstTheme())
// Until somebody chooses, the desk is as light or dark as the machine.
dark.addEventListener('change', () => {
  if (kept(keys.theme) === null) theme.value = firstTheme()
})
const text = computed<Text>(() => texts[language.value])

export interface Settings {
  language: Ref<Language>
  theme: Ref<Theme>
  text: ComputedRef<Text>
  switchLanguage(): void
  switchTheme(): void
}

/** Language, theme and the words in use, the same everywhere on the page. */
export function useSettings(): Settings {
  return {
    language,
    theme,
    text,
    switchLanguage() {
      language.value = language.value === 'zh' ? 'en' : 'zh'
      keep(keys.language, language.value)
    },
    switchTheme() {
      theme.value = theme.value === 'light' ? 'dark' : 'light'
      keep(keys.theme, theme.value)
    },
  }
}

/** Puts the settings on the document. */
export function applySettings(): void {
  watchEffect(() => {
    document.documentElement.dataset.theme = theme.value
    document.documentElement.lang = language.value === 'zh' ? 'zh-CN' : 'en'
    document.title = text.value.product
  })
}
