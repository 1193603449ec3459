import { createCipheriv, createHash, randomBytes } from 'node:crypto'
import type { SceneCustomer } from '../../scenes/scene.ts'
import { textField } from '../../platform/fields.ts'
import type { Method, Reply, Upstream } from '../../platform/method.ts'
import { now, seconds, type World } from '../../state/world.ts'
import { miniprogramOf } from '../accounts/tokens.ts'
import { logIn } from './sessions.ts'
import { avatarUrl } from '../../state/find.ts'

const threeDays = 3 * 86_400_000

export const encryptedMethods: Method[] = [
  { method: 'POST', path: '/wxa/business/checkencryptedmsg', handle: checkEncrypted },
]

interface EncryptedData {
  encryptedData: string
  iv: string
  rawData: string
  signature: string
}

/**
 * What wx.getUserInfo and its like hand to a page: AES-128-CBC under the session key with the
 * watermark inside, and the plain profile with its signature (platform.md §11). Without `data` it
 * is the profile with both ids.
 */
export function encryptData(
  world: World,
  customer: SceneCustomer,
  data?: Record<string, unknown>,
): EncryptedData {
  const { key } = logIn(world, customer)
  const { name, id, miniprogramOpenid: openId, unionid: unionId } = customer
  const profile = {
    nickName: name,
    gender: 0,
    language: 'zh_CN',
    city: '',
    province: '',
    country: '',
    avatarUrl: avatarUrl(world, id),
  }
  const watermark = { timestamp: seconds(world), appid: world.scene.miniprogram.appid }
  const content = JSON.stringify({ ...(data ?? { openId, unionId, ...profile }), watermark })
  const iv = randomBytes(16)
  const cipher = createCipheriv('aes-128-cbc', Buffer.from(key, 'base64'), iv)
  const bytes = Buffer.concat([cipher.update(content), cipher.final()])
  const rawData = JSON.stringify(profile)
  world.miniprogram.encrypted.set(createHash('sha256').update(bytes).digest('hex'), now(world))
  world.miniprogram.encrypted.set(
    createHash('sha256').update(bytes.toString('base64')).digest('hex'),
    now(world),
  )
  return {
    encryptedData: bytes.toString('base64'),
    iv: iv.toString('base64'),
    rawData,
    signature: createHash('sha1').update(`${rawData}${key}`).digest('hex'),
  }
}

/**
 * Whether WeChat made it, within three days. The page does not say if the hash is of the bytes or
 * of their base64: both are known. `vaild` is its spelling.
 */
function checkEncrypted(world: World, call: Upstream): Reply {
  miniprogramOf(world, call)
  const madeAt = world.miniprogram.encrypted.get(textField(call, 'encrypted_msg_hash'))
  const isGood = madeAt !== undefined && now(world) - madeAt < threeDays
  return {
    errcode: 0,
    errmsg: 'ok',
    vaild: isGood,
    create_time: isGood ? Math.floor(madeAt / 1000) : 0,
  }
}
