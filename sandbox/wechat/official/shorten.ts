import { numberField, textField } from '../../platform/fields.ts'
import { Refusal, type Method, type Reply, type Upstream } from '../../platform/method.ts'
import { makeSecret, now, seconds, type World } from '../../state/world.ts'
import { officialOf } from '../accounts/tokens.ts'

const mostSeconds = 2_592_000
const mostBytes = 4096

export const shortenMethods: Method[] = [
  { method: 'POST', path: '/cgi-bin/shorten/gen', handle: generate },
  { method: 'POST', path: '/cgi-bin/shorten/fetch', handle: fetchLong },
]

/** A short key for a long text, thirty days at the most (KEY_Shortener). */
function generate(world: World, call: Upstream): Reply {
  const account = officialOf(world, call, 'verified')
  const wrong: [number, string] = [40035, 'invalid parameter']
  const text = textField(call, 'long_data', { missing: wrong, mostBytes, wrong })
  const lifetime = numberField(call, 'expire_seconds', mostSeconds, {
    least: 1,
    most: mostSeconds,
    wrong,
  })
  const key = makeSecret(15).replaceAll(/[-_]/g, 'a')
  account.shortened.set(key, {
    text,
    createdAt: seconds(world),
    expiresAt: now(world) + lifetime * 1000,
  })
  return { errcode: 0, errmsg: 'ok', short_key: key }
}

function fetchLong(world: World, call: Upstream): Reply {
  const account = officialOf(world, call, 'verified')
  const found = account.shortened.get(textField(call, 'short_key'))
  if (!found || now(world) >= found.expiresAt) throw new Refusal(40035, 'invalid parameter')
  return {
    errcode: 0,
    errmsg: 'ok',
    long_data: found.text,
    create_time: found.createdAt,
    expire_seconds: Math.ceil((found.expiresAt - now(world)) / 1000),
  }
}
