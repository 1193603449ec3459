export type Locale = 'zh-CN' | 'en'

/** Chinese unless the client asks for English first. */
export function localeOf(acceptLanguage: string | undefined): Locale {
  return /^\s*en\b/i.test(acceptLanguage ?? '') ? 'en' : 'zh-CN'
}
