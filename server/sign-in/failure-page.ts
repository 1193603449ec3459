import type { Context as KoaContext } from 'koa'
import { errors as englishErrors } from '../../shared/text/en/errors.ts'
import { signInFailed as english } from '../../shared/text/en/pages.ts'
import { errors as chineseErrors } from '../../shared/text/zh-CN/errors.ts'
import { signInFailed as chinese } from '../../shared/text/zh-CN/pages.ts'
import type { Context } from '../base/context.ts'
import { localeOf } from '../base/locale.ts'
import { PlatformError } from '../platforms/platform-error.ts'
import { Problem } from '../base/problem.ts'
import { connectionById } from '../connections/index.ts'
import { parameter, wayOf } from './state.ts'

/**
 * Answers with a small page without scripts. It says what happened, what to do, and what an
 * administrator needs to know.
 */
export function signInFailed(ctx: Context, koa: KoaContext, error: unknown): void {
  const problem =
    error instanceof Problem ? error : new Problem('internal', undefined, { cause: error })
  const log = { err: error, request: koa.requestId, code: problem.code }
  if (problem.code === 'internal') ctx.log.error(log, 'sign-in failed unexpectedly')
  else ctx.log.warn(log, 'sign-in failed')

  const locale = localeOf(koa.req.headers['accept-language'])
  const words = locale === 'en' ? english : chinese
  const sentence = (locale === 'en' ? englishErrors : chineseErrors)[problem.code]
  // A converted error (`code_invalid`) has the platform's words as its cause.
  const source = problem instanceof PlatformError ? problem : problem.extras.cause
  const platform =
    source instanceof PlatformError ? source.body(undefined, locale).platform : undefined
  const facts: [string, string][] = [
    [words.code, problem.code],
    ...(platform
      ? [[words.platformSaid, `${platform.errcode} ${platform.errmsg}`] as [string, string]]
      : []),
    [words.request, koa.requestId],
  ]

  koa.status = problem.status
  for (const [name, value] of Object.entries(problem.extras.headers ?? {})) koa.set(name, value)
  koa.type = 'text/html; charset=utf-8'
  koa.body = html({
    words,
    sentence,
    fix: platform?.fix,
    facts,
    again: againOf(ctx, koa),
  })
}

/**
 * Returns where the button leads: the same sign-in again, for the same corp, back to where the
 * visitor wanted to go. A page of H5 begins its own sign-in, because the secret is there.
 */
function againOf(ctx: Context, koa: KoaContext): string {
  const way = wayOf(koa)
  const start = koa.path.replace(/\/callback$/, '')
  if (way && start === '/auth/wechat') return way.to
  const query = new URLSearchParams()
  const app = way?.connectionId === undefined ? null : appOfConnection(ctx, way.connectionId)
  const corp = app?.corpId ?? parameter(koa, 'corp')
  const agent = app?.platformId ?? parameter(koa, 'agent')
  if (corp !== undefined) query.set('corp', corp)
  if (agent !== undefined) query.set('agent', agent)
  if (way) query.set('to', way.to)
  return query.size > 0 ? `${start}?${query.toString()}` : start
}

function appOfConnection(ctx: Context, id: string) {
  try {
    return connectionById(ctx, 'wecom_app', id)
  } catch {
    // It was removed meanwhile; the failure itself says so.
    return null
  }
}

interface Page {
  words: typeof chinese
  sentence: string
  fix: string | undefined
  facts: readonly (readonly [string, string])[]
  again: string
}

function html({ words, sentence, fix, facts, again }: Page): string {
  const rows = facts.map(([name, value]) => `<dt>${escape(name)}</dt><dd>${escape(value)}</dd>`)
  return `<!doctype html>
<html lang="${words.language}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(words.title)}</title>
<style>
  :root { color-scheme: light dark; font: 16px/1.6 system-ui, sans-serif }
  body { max-width: 26rem; margin: 0 auto; padding: 3rem 1.25rem }
  h1 { font-size: 1.25rem; margin: 0 0 .5rem }
  a { display: inline-block; margin: 1rem 0 2rem; padding: .5rem 1.25rem; border-radius: .375rem;
    background: #2468f2; color: #fff; text-decoration: none }
  section { font-size: .8125rem; opacity: .75; overflow-wrap: anywhere }
  h2 { font-size: inherit; margin: 0 }
  dl { display: grid; grid-template-columns: max-content 1fr; gap: .125rem .75rem;
    margin: .25rem 0 }
  dd { margin: 0 }
</style>
<h1>${escape(words.title)}</h1>
<p role="alert">${escape(sentence)}</p>
<a href="${escape(again)}">${escape(words.again)}</a>
<section>
  <h2>${escape(words.forAdministrator)}</h2>
  ${fix ? `<p>${escape(fix)}</p>` : ''}
  <dl>${rows.join('')}</dl>
</section>
</html>
`
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character)
}
