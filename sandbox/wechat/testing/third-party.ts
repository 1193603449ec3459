/** The two third-party platforms of every scene, as their developers know them. */
export const component = {
  appid: 'wx3a7c0d94e6f1b825',
  secret: '5d0e9b3c7f1a48269c4e8d2b6a7f03e1',
  token: 'kP7sWm2RxB9tLq4e',
  aesKey: 'mR4tXb7QkL2vWp9YcN5sHz8uJdE1fGaT6iVoKxMqB3w',
}
export const other = {
  appid: 'wxb81f5e2c47d06a93',
  secret: 'e2b7c40d91f63a5878d1f0a4c9e35b62',
  token: 'zN3vTq8LwK5xRb2e',
  aesKey: 'tW9pLc3VxN6kRb1YmQ4sHz7uJdE8fGaZ2iToKvXqM5y',
}

export type Json = Record<string, unknown>
type Post = (path: string, body: unknown) => Promise<Json>
type Call = (path: string, token: string, body?: unknown) => Promise<Json>

/** A component_access_token, without a receiver for the ticket. */
export async function componentToken(
  post: Post,
  { appid, secret }: { appid: string; secret: string },
): Promise<string> {
  const { ticket } = await post('/_sandbox/happenings/open.ticket', { component: appid })
  const asking = {
    component_appid: appid,
    component_appsecret: secret,
    component_verify_ticket: ticket,
  }
  return String(
    (await post('/wechat/cgi-bin/component/api_component_token', asking)).component_access_token,
  )
}

/** An account authorizes a platform; the tokens that the platform gets. */
export async function authorized(
  post: Post,
  call: Call,
  platform: { appid: string; secret: string },
  appid: string,
  sets?: number[],
) {
  const token = await componentToken(post, platform)
  const wish = { component: platform.appid, appid, ...(sets && { sets }) }
  const { auth_code: code } = await post('/_sandbox/happenings/open.authorize', wish)
  const reply = await call('/cgi-bin/component/api_query_auth', token, {
    component_appid: platform.appid,
    authorization_code: code,
  })
  const info = reply.authorization_info as {
    authorizer_access_token: string
    authorizer_refresh_token: string
  }
  return {
    component: token,
    token: info.authorizer_access_token,
    refresh: info.authorizer_refresh_token,
  }
}
