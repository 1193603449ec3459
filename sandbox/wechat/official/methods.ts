import type { Method } from '../../platform/method.ts'
import { blacklistMethods } from './blacklist.ts'
import { customMessageMethods } from './custom.ts'
import { followerMethods } from './followers.ts'
import { massMethods } from './mass.ts'
import { massSpeedMethods } from './mass-speed.ts'
import { mediaMethods } from './media.ts'
import { menuMethods } from './menus.ts'
import { qrCodeMethods } from './qr-codes.ts'
import { shortenMethods } from './shorten.ts'
import { tagMethods } from './tags.ts'
import { templateMethods } from './templates.ts'

export const officialMethods: Method[] = [
  ...followerMethods,
  ...tagMethods,
  ...blacklistMethods,
  ...customMessageMethods,
  ...templateMethods,
  ...massMethods,
  ...massSpeedMethods,
  ...menuMethods,
  ...qrCodeMethods,
  ...mediaMethods,
  ...shortenMethods,
]
