import type { miniprogram } from './zh-CN/miniprogram.ts'

/** The shape that every locale fills; Chinese is written first. */
export type MiniprogramText = typeof miniprogram
