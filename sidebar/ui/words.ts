import { computed, shallowRef, type ComputedRef } from 'vue'
import type { ConnectionCode, FailureCode } from '../../shared/client/failures.ts'
import { ProblemError, failureCode } from '../../shared/client/failures.ts'
import type { ErrorCode } from '../../shared/contract/errors.ts'
import { connection as zhConnection, errors as zhErrors } from '../../shared/text/zh-CN/errors.ts'
import { sidebar as zhSidebar, type SidebarText } from '../../shared/text/zh-CN/sidebar.ts'

export type Locale = 'zh-CN' | 'en'

interface Words {
  locale: Locale
  text: SidebarText
  failures: Record<FailureCode, string>
}

function wordsOf(
  locale: Locale,
  text: SidebarText,
  errors: Record<ErrorCode, string>,
  connection: Record<ConnectionCode, string>,
): Words {
  return { locale, text, failures: { ...errors, ...connection } }
}

/** Chinese is part of the first load. English is a file of its own, loaded on demand. */
const words = shallowRef(wordsOf('zh-CN', zhSidebar, zhErrors, zhConnection))
const storageKey = 'chatside-locale'

export async function chooseLocale(locale: Locale): Promise<void> {
  if (locale === 'en') {
    const [{ sidebar }, { errors, connection }] = await Promise.all([
      import('../../shared/text/en/sidebar.ts'),
      import('../../shared/text/en/errors.ts'),
    ])
    words.value = wordsOf(locale, sidebar, errors, connection)
  } else {
    words.value = wordsOf(locale, zhSidebar, zhErrors, zhConnection)
  }
  document.documentElement.lang = locale
  document.title = words.value.text.app.title
}

/**
 * A host that tells its language decides. Elsewhere the rep's choice lasts until the browser is
 * turned to another language: the newest choice wins. The default is Chinese.
 */
export function preferredLocale(): Locale {
  const host = hostLocale()
  if (host) return host
  const [kept, against] = remembered()?.split(' ') ?? []
  const browser = localeOf(navigator.language)
  if (against !== undefined && against !== browser) return browser
  return kept === 'en' || kept === 'zh-CN' ? kept : browser
}

/** WeCom for Mac, iOS and Android says `Language/zh`; WeCom for Windows says nothing. */
export function hostLocale(): Locale | undefined {
  const told = / wxwork\/.* Language\/(\w+)/.exec(navigator.userAgent)?.[1]
  return told === undefined ? undefined : localeOf(told)
}

function localeOf(language: string): Locale {
  return /^zh/i.test(language) ? 'zh-CN' : 'en'
}

export async function switchLocale(): Promise<void> {
  const next = words.value.locale === 'en' ? 'zh-CN' : 'en'
  // First, because a missing language file may load the page anew.
  try {
    localStorage.setItem(storageKey, `${next} ${localeOf(navigator.language)}`)
  } catch {
    // The webview keeps nothing, so the choice lasts as long as the page.
  }
  await chooseLocale(next)
}

function remembered(): string | null {
  try {
    return localStorage.getItem(storageKey)
  } catch {
    return null
  }
}

export function useText(): ComputedRef<SidebarText> {
  return computed(() => words.value.text)
}

export function useLocale(): ComputedRef<Locale> {
  return computed(() => words.value.locale)
}

/** The sentence for a failed call, with what the platform said about it. */
export function useFailureText(): (failure: unknown) => { text: string; details: string[] } {
  return (failure) => {
    const { text, failures } = words.value
    const details: string[] = []
    if (failure instanceof ProblemError) {
      if (failure.platform)
        details.push(
          text.app.platformSaid(failure.platform.errcode, failure.platform.errmsg),
          failure.platform.fix,
        )
      if (failure.requestId) details.push(text.app.requestId(failure.requestId))
    }
    return { text: failures[failureCode(failure)], details }
  }
}
