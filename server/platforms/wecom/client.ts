import type * as v from 'valibot'
import {
  openPlatformApi,
  type PlatformRequest,
  type PlatformSurroundings,
} from '../platform-api.ts'
import { isErrcode } from '../platform-error.ts'
import type { PlatformToken, TokenSource, TokenStore } from '../platform-tokens.ts'
import { callWithToken } from '../with-token.ts'
import { readContact, type WecomContact } from './contact.ts'
import {
  ContactReply,
  ContactWayReply,
  ConversionReply,
  PendingReply,
  ProviderConversionReply,
  TicketReply,
  TokenReply,
  UserInfoReply,
  UserReply,
} from './replies.ts'

export type TicketKind = 'agent' | 'corp'

/**
 * The person who came back from the sign-in page: a member, or another person (who may be a
 * contact).
 */
export type WecomVisitor =
  | { kind: 'member'; userId: string }
  | { kind: 'stranger'; openid: string | null; externalUserId: string | null }

export type ConvertedUnionid = { externalUserId: string } | { pendingId: string }

export interface WecomMember {
  userId: string
  /** May be the user id itself: WeCom gives no more to some apps (WW-96255). */
  name: string
  avatarUrl: string | null
  /** False when WeCom says that the member is disabled or has left. */
  isActive: boolean
  /** The title that the corp shows to the outside; some apps do not get it. */
  title: string | null
}

/** WeCom's server API for one app of one corp. Every function throws `PlatformError`. */
export interface WecomClient {
  /**
   * Returns the ticket that signs pages: `agent` for `getAgentConfigSignature`, `corp` for
   * `getConfigSignature`. `refused` says that a client refused a signature of this ticket, so WeCom
   * may have ended it early.
   */
  ticket(kind: TicketKind, options?: { refused?: boolean }): Promise<PlatformToken>
  /** Returns the address of the page on which WeCom makes a code for the member. */
  authorizeUrl(redirectUri: string, state: string): string
  /** `code` works once. 40029, 42003 and 42022 all mean that it is not valid (WW-91023). */
  getUserInfo(code: string): Promise<WecomVisitor>
  getUser(userId: string): Promise<WecomMember>
  /**
   * Makes a code that adds the member (WW-96348), and returns the address of its picture. Each call
   * makes another one, and a corp may have 500,000.
   */
  addContactWay(of: { userId: string; state: string }): Promise<string>
  /**
   * Returns a contact with all of its follow relations, however many pages they take. 40096 /
   * 84061: unknown, or followed by nobody in range.
   */
  getExternalContact(externalUserId: string): Promise<WecomContact>
  /**
   * Returns the contact of a unionid. Own apps (WW-93274): null when there is none. Customized apps
   * (WW-97108): a pending id when there is none yet, good for ninety days; `openid` must be of the
   * account that gave the unionid.
   */
  convertUnionid(of: { unionid: string; openid: string }): Promise<ConvertedUnionid | null>
  /**
   * Customized apps (WW-97108): returns the pending ids that these contacts had before they were
   * contacts, for at most a hundred contacts. With a group, only for its people.
   */
  pendingIdsOf(of: {
    externalUserIds: readonly string[]
    chatId?: string
  }): Promise<{ externalUserId: string; pendingId: string }[]>
}

/** One app of one corp, as its connection describes it. */
export interface WecomAppAccount {
  corpId: string
  agentId: string
  /**
   * The corp itself makes an app (自建), or a service provider makes it for the corp (代开发). The
   * secret of a provider's app is its permanent code, and WeCom gives this app no unionids.
   */
  appKind: 'own' | 'customized' | 'third_party'
  secret: string
}

export interface WecomOptions extends PlatformSurroundings {
  app: WecomAppAccount
  tokens: TokenStore
  /** The hosts of WeCom's API and of the authorize page of both platforms. */
  apiUrl: string
  openUrl: string
}

const deadToken = [40014, 42001] as const
/** WW-90312: 400 an hour for the corp's ticket, 100 for an app's. */
const ticketsPerHour = { corp: 400, agent: 100 }
/** How many pages of 500 followers a contact may have. More of them mean a fault. */
const mostPages = 20

export function openWecom({
  app,
  tokens,
  apiUrl,
  openUrl,
  ...surroundings
}: WecomOptions): WecomClient {
  const { corpId, agentId, secret, appKind } = app
  const api = openPlatformApi({ platform: 'wecom', baseUrl: apiUrl, ...surroundings })
  const prefix = `wecom/${corpId}/${agentId}`
  const accessToken: TokenSource = {
    key: `${prefix}/access_token`,
    async fetch() {
      const reply = await api.call(TokenReply, {
        method: 'GET',
        path: '/cgi-bin/gettoken',
        query: { corpid: corpId, corpsecret: secret },
      })
      return { value: reply.access_token, seconds: reply.expires_in }
    },
  }
  const { log } = surroundings
  const call = callWithToken(api, tokens, accessToken, { dead: deadToken, log })

  function ticketSource(kind: TicketKind): TokenSource {
    const request: PlatformRequest =
      kind === 'agent'
        ? { method: 'GET', path: '/cgi-bin/ticket/get', query: { type: 'agent_config' } }
        : { method: 'GET', path: '/cgi-bin/get_jsapi_ticket' }
    return {
      key: `${prefix}/${kind}_ticket`,
      mostPerHour: ticketsPerHour[kind],
      async fetch() {
        const reply = await call(TicketReply, request)
        return { value: reply.ticket, seconds: reply.expires_in }
      },
    }
  }
  const tickets = { agent: ticketSource('agent'), corp: ticketSource('corp') }

  async function convertAsOwn(of: {
    unionid: string
    openid: string
  }): Promise<ConvertedUnionid | null> {
    try {
      const path = '/cgi-bin/externalcontact/unionid_to_external_userid'
      return {
        externalUserId: (await call(ConversionReply, { method: 'POST', path, body: of }))
          .external_userid,
      }
    } catch (error) {
      if (isErrcode(error, 40096, 84061)) return null
      throw error
    }
  }

  async function convertAsProvider(of: {
    unionid: string
    openid: string
  }): Promise<ConvertedUnionid | null> {
    const path = '/cgi-bin/idconvert/unionid_to_external_userid'
    const ask = (subject: 0 | 1) =>
      call(ProviderConversionReply, {
        method: 'POST',
        path,
        body: { ...of, subject_type: subject },
      })
    const reply = await ask(0).catch((error: unknown) => {
      // The account belongs to the provider, not to the corp.
      if (isErrcode(error, 610017)) return ask(1)
      throw error
    })
    if (reply.external_userid) return { externalUserId: reply.external_userid }
    return reply.pending_id ? { pendingId: reply.pending_id } : null
  }

  return {
    ticket: (kind, { refused = false } = {}) =>
      refused ? tokens.renew(tickets[kind]) : tokens.get(tickets[kind]),

    authorizeUrl(redirectUri, state) {
      const url = new URL(`${openUrl}/connect/oauth2/authorize`)
      // We always send agentid: it activates the licence, and privateinfo scopes demand it
      // (WW-91022, WW-97165).
      url.search = new URLSearchParams({
        appid: corpId,
        redirect_uri: redirectUri,
        response_type: 'code',
        scope: 'snsapi_base',
        state,
        agentid: agentId,
      }).toString()
      url.hash = 'wechat_redirect'
      return url.href
    },

    async getUserInfo(code) {
      const reply = await call(UserInfoReply, {
        method: 'GET',
        path: '/cgi-bin/auth/getuserinfo',
        query: { code },
      })
      const userId = reply.userid || reply.UserId
      if (userId) return { kind: 'member', userId }
      return {
        kind: 'stranger',
        openid: reply.openid || null,
        externalUserId: reply.external_userid || null,
      }
    },

    async getUser(userId) {
      const reply = await call(UserReply, {
        method: 'GET',
        path: '/cgi-bin/user/get',
        query: { userid: userId },
      })
      return {
        userId: reply.userid,
        name: reply.name || reply.userid,
        avatarUrl: reply.thumb_avatar || reply.avatar || null,
        isActive: reply.status !== 2 && reply.status !== 5,
        // WW-90196: customers see `position` unless an outside title is set.
        title: reply.external_position || reply.position || null,
      }
    },

    async addContactWay({ userId, state }) {
      const reply = await call(ContactWayReply, {
        method: 'POST',
        path: '/cgi-bin/externalcontact/add_contact_way',
        // One member, as a code; whoever scans it adds the member without a confirmation.
        body: { type: 1, scene: 2, skip_verify: true, state, user: [userId] },
      })
      return reply.qr_code
    },

    async getExternalContact(externalUserId) {
      const pages: v.InferOutput<typeof ContactReply>[] = []
      let cursor = ''
      do {
        const query: Record<string, string> = {
          external_userid: externalUserId,
          ...(cursor && { cursor }),
        }
        const page: v.InferOutput<typeof ContactReply> = await call(ContactReply, {
          method: 'GET',
          path: '/cgi-bin/externalcontact/get',
          query,
        })
        pages.push(page)
        cursor = page.next_cursor
      } while (cursor && pages.length < mostPages)
      return readContact(externalUserId, pages)
    },

    convertUnionid: appKind === 'own' ? convertAsOwn : convertAsProvider,

    async pendingIdsOf({ externalUserIds, chatId }) {
      const path = '/cgi-bin/idconvert/batch/external_userid_to_pending_id'
      const body = {
        external_userid: externalUserIds,
        ...(chatId !== undefined && { chat_id: chatId }),
      }
      const { result } = await call(PendingReply, { method: 'POST', path, body })
      return result.flatMap(({ external_userid, pending_id }) =>
        pending_id ? { externalUserId: external_userid, pendingId: pending_id } : [],
      )
    },
  }
}
