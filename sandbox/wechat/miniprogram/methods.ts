import type { Method } from '../../platform/method.ts'
import { codeMethods } from './codes.ts'
import { encryptedMethods } from './encrypted.ts'
import { linkMethods } from './links.ts'
import { phoneMethods } from './phone.ts'
import { securityMethods } from './security.ts'
import { sessionMethods } from './sessions.ts'
import { subscribeMethods } from './subscribe.ts'
import { subscribeTemplateMethods } from './templates.ts'

export const miniprogramMethods: Method[] = [
  ...sessionMethods,
  ...phoneMethods,
  ...encryptedMethods,
  ...codeMethods,
  ...linkMethods,
  ...subscribeMethods,
  ...subscribeTemplateMethods,
  ...securityMethods,
]
