import { miniprogram as en } from '../../shared/text/en/miniprogram.ts'
import type { MiniprogramText } from '../../shared/text/miniprogram-text.ts'
import { miniprogram as zh } from '../../shared/text/zh-CN/miniprogram.ts'
import { systemLanguage } from './platform.ts'

/** Follows the phone's language. Every language but English gets Chinese. */
export const inEnglish = /^en/i.test(systemLanguage())

export const text: MiniprogramText = inEnglish ? en : zh
