import type * as words from '../zh-CN/pages.ts'

/** The page of a browser when a sign-in fails. */
export const signInFailed: typeof words.signInFailed = {
  language: 'en',
  title: 'Sign-in failed',
  again: 'Sign in again',
  forAdministrator: 'For the administrator',
  code: 'Error code',
  platformSaid: 'The platform said',
  request: 'Request',
}
