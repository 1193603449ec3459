export type Locale = 'zh-CN' | 'en'

/** Returns Chinese unless the client prefers English. */
export function localeOf(acceptLanguage: string | undefined): Locale {
  return /^\s*en\b/i.test(acceptLanguage ?? '') ? 'en' : 'zh-CN'
}
