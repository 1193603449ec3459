/**
 * The doors of the sandbox under `/_sandbox/…`: what the desk, the tests and a curious developer
 * may do to the two platforms. Types only. Every POST takes and gives JSON; nonsense is answered
 * with 400 and `{ error: 'a sentence' }` and changes nothing.
 */

export type SceneName = 'empty' | 'demo' | 'busy-rep' | 'customized-app' | 'lapsed-licence'
/**
 * How well the customer's phone is connected. `weak`: two seconds more for each request, one in
 * five is cut off.
 */
export type Network = 'good' | 'weak' | 'offline'
export type Device = 'wecom' | 'wechat'
/** `ww.getContext()`'s entries (WW-93863) that the desk can open. */
export type Entry =
  | 'contact_profile'
  | 'single_chat_tools'
  | 'group_chat_tools'
  | 'chat_attachment'
  | 'single_kf_tools'
  | 'normal'

/**
 * Who speaks: a member by `userid`, a customer by the sandbox's own customer id (not an
 * external_userid), an official account by its appid, an app of WeCom by its agent id, or the
 * platform itself (`service` in WeChat's 服务通知, `system` for grey lines such as "you have added
 * …").
 */
export interface Party {
  kind: 'member' | 'customer' | 'official' | 'app' | 'service' | 'system'
  id: string
}

export interface Member {
  /** `userid` */
  id: string
  name: string
  position: string
  department: string
  /** Absolute address, http. */
  avatarUrl: string
  /** In the visible range (可见范围) of our app. */
  visible: boolean
}

export interface Customer {
  /** The sandbox's own id, e.g. `linyue`. */
  id: string
  /** The WeChat nickname. */
  name: string
  avatarUrl: string
  externalUserId: string
  unionid: string
  miniprogramOpenid: string
  officialOpenid: string
  /** Follows the official account, so `user/info` knows the unionid. */
  subscribed: boolean
  corpName: string | null
  position: string | null
  gender: 'unknown' | 'male' | 'female'
  /** Which members have this customer as a contact. */
  follows: Follow[]
}

export interface Follow {
  memberId: string
  remark: string
  description: string
  tags: { group: string; name: string }[]
  /** ISO 8601 */
  addedAt: string
  addWay: number
  state: string | null
  phones: string[]
  /**
   * The customer added the member without verification; the member still has to accept
   * (`contact.accept`).
   */
  half?: true
  /** The customer has deleted the member, who still has the contact. */
  lost?: true
}

export type Card =
  | { kind: 'text'; text: string }
  | { kind: 'image'; url: string }
  | { kind: 'video'; title: string; imgUrl: string; url: string }
  | { kind: 'file'; name: string; bytes: number; url: string }
  | { kind: 'link'; title: string; desc: string; imgUrl: string; url: string }
  /**
   * `page` is as it was sent: `pages/x/y.html?query`. Open it with `POST /_sandbox/webviews {
   * miniprogram }`.
   */
  | {
      kind: 'miniprogram'
      appid: string
      appName: string
      title: string
      imgUrl: string
      page: string
    }
  | { kind: 'voice'; seconds: number; url: string }
  | { kind: 'location'; name: string; address: string; latitude: number; longitude: number }
  /** A grey line in the middle: `你已添加了林悦，现在可以开始聊天了`. */
  | { kind: 'notice'; text: string }
  /** 图文消息: 1–8 articles, the first one large. */
  | {
      kind: 'articles'
      articles: { title: string; desc: string; imgUrl: string; url: string; miniprogram?: Target }[]
    }
  /**
   * A template or subscribe message, a WeCom textcard or miniprogram_notice: a head, rows, and
   * where a tap leads.
   */
  | {
      kind: 'form'
      title: string
      desc: string
      rows: { name: string; value: string }[]
      button: string
      url: string | null
      miniprogram?: Target
    }
  /** 菜单消息: tapping an item answers with it. */
  | { kind: 'choices'; head: string; items: { id: string; text: string }[]; tail: string }

/** A page of a mini program, as cards and menus name it. */
export interface Target {
  appid: string
  page: string
}

export type Message = Card & {
  id: string
  from: Party
  /** ISO 8601, by the sandbox's clock. */
  at: string
}

/**
 * `contact`: a member and a customer; `group`: a customer group chat; `friends`: two customers in
 * WeChat, invisible to WeCom; `official`: a customer and an official account; `app`: a member and
 * an app of WeCom (message/send); `service`: a customer's 服务通知 (subscribe messages).
 */
export type ConversationKind = 'contact' | 'group' | 'friends' | 'official' | 'app' | 'service'

export interface Conversation {
  id: string
  kind: ConversationKind
  /** kind `group` only. */
  chatId: string | null
  /** kind `group` only: its name. */
  name: string | null
  participants: Party[]
  /** Oldest first. */
  messages: Message[]
}

/** Coordinates as `navigator.geolocation` reports them: WGS-84 degrees, metres. */
export interface Position {
  latitude: number
  longitude: number
  accuracy: number
}

export type LocationPermission = 'unset' | 'granted' | 'refused'

/** What can be wrong with a client. All optional; nothing set = a healthy, current client. */
export interface Scenario {
  /**
   * Default 4.1.36 (WeCom), 8.0.56 (WeChat). Below 3.0.24 `agentConfig` runs after `config`; very
   * old ones lack functions.
   */
  clientVersion?: string
  /** Every call but config is answered with `no permission`. */
  noPermission?: boolean
  /** The client checks signatures against other tickets than it gave out: `invalid signature`. */
  wrongTicket?: boolean
  /** `WeixinJSBridge` appears only after the page has loaded (`WeixinJSBridgeReady`). */
  lateBridge?: boolean
  /** The rep presses "cancel" on every `sendChatMessage`. */
  cancelSend?: boolean
  /**
   * What the client runs on; default `windows` for WeCom, `android` for WeChat. Decides the user
   * agent and the wording of errors.
   */
  system?: 'windows' | 'macos' | 'ios' | 'android'
}

export interface Webview {
  id: string
  device: Device
  userId: string
  entry: Entry | null
  conversationId: string | null
  /** Set when it plays a mini program: draw the capsule instead of the page bar. */
  miniprogram: { appid: string; name: string } | null
  /** Where the page is now and its title, as the client sees it. */
  url: string
  title: string
  scenario: Scenario
  /**
   * The page (or its menu) wants to hand this card on: show the chat chooser, answer with `POST
   * /_sandbox/forwards`.
   */
  pendingForward: Card | null
  /** The page asks the person to choose: draw it, answer with `POST /_sandbox/choices`. */
  pendingChoice: Choice | null
}

/**
 * What a page's call put on the client's screen: customers to pick (`externalContacts`), members to
 * pick (`members`), a camera that looks for a code (`scan`), pictures of the album (`images`), a
 * chat to begin with the people listed (`chat`), or the mass-send assistant (`massSend`: receivers
 * and the message to be sent).
 */
export interface Choice {
  id: string
  kind: 'externalContacts' | 'members' | 'scan' | 'images' | 'chat' | 'massSend'
  /** What the window says above, in Chinese. */
  title: string
  /** `chosen`: ticked from the start. */
  options: { id: string; name: string; note: string; imageUrl: string | null; chosen: boolean }[]
  /** How many options an answer may name. */
  least: number
  most: number
  /** `scan`: the answer may also be one text that is no option's id. */
  isFree: boolean
  /** What would be sent, in this order: `massSend` and `chat`. */
  cards: Card[]
}

export interface Fault {
  id: string
  path: string
  /** How many calls are still to fail. */
  times: number
  how:
    | { errcode: number }
    | { status: number }
    | { html: true }
    | { hang: true }
    | { odd: 'control' | 'nulls' | 'texts' }
}

export interface DeskState {
  /** Grows with every change. */
  revision: number
  scene: SceneName
  scenes: { name: SceneName; title: string }[]
  /** The platforms' clock; `offsetSeconds` is how far it was moved from the real one. */
  clock: { now: string; offsetSeconds: number }
  corp: { id: string; name: string; agentId: string; appName: string }
  /**
   * The product's server holds the credentials of another app than the scene's main one: of the
   * app that last asked for a token, at first of the scene that the sandbox was started with.
   */
  isOtherApp: boolean
  members: Member[]
  customers: Customer[]
  conversations: Conversation[]
  groupChats: { chatId: string; name: string; ownerId: string; conversationId: string }[]
  /** 企业客户标签. */
  tagGroups: { id: string; name: string; tags: { id: string; name: string }[] }[]
  /**
   * 企业群发 that wait for a member to send them; `POST /_sandbox/happenings/mass.confirm { msgid,
   * memberId }`.
   */
  massTasks: {
    msgid: string
    memberId: string
    createdAt: string
    receivers: number
    cards: Card[]
  }[]
  devices: {
    wecom: { memberId: string | null }
    wechat: {
      customerId: string | null
      locationPermission: LocationPermission
      position: Position
      network: Network
      /** The phone is asking; answer with `POST /_sandbox/location-answers`. */
      pendingLocation: {
        id: string
        webviewId: string
        appName: string
        purpose: string | null
      } | null
    }
  }
  webviews: Webview[]
  miniprograms: { appid: string; name: string; iconUrl: string }[]
  officialAccount: { appid: string; name: string; iconUrl: string } | null
  /** Every official account a customer may meet, with its menu. */
  officialAccounts: OfficialAccount[]
  /** QR codes that stand on some screen of the world and can be scanned with the phone. */
  shownCodes: ShownCode[]
  faults: Fault[]
  trustedHosts: string[]
  /** Where pages of our product are, e.g. `http://localhost:3101`. */
  webviewOrigin: string
  /** The app's home page, which the chat toolbar opens. */
  sidebarUrl: string
  /** The first page of the mini program, `pages/home/index`. */
  miniprogramHome: string
}

export interface OfficialAccount {
  appid: string
  name: string
  iconUrl: string
  kind: 'service' | 'subscription'
  menu: MenuButton[]
  /** Customers who follow it. */
  followers: string[]
}

/**
 * A button of an official account's menu. A tap: `POST /_sandbox/happenings/official.menu { appid,
 * customerId, path }`.
 */
export interface MenuButton {
  /** Its place, e.g. `0` or `1.2`. */
  path: string
  name: string
  type: string | null
  /** Filled for `view` and `miniprogram`: what the phone opens. */
  url: string | null
  miniprogram: Target | null
  children: MenuButton[]
}

export interface ShownCode {
  id: string
  /** Where it hangs, e.g. `联系我：展会台卡`. */
  title: string
  /** What is in it. */
  text: string
  imageUrl: string
}

/** What a scan leads to. */
export type ScanOutcome =
  | { kind: 'miniprogram'; appid: string; page: string }
  | { kind: 'url'; url: string }
  /** The conversation that opens. */
  | { kind: 'conversation'; conversationId: string }
  | { kind: 'text'; text: string }
  /**
   * Only when `isLooking`: a rep or an official account that the customer does not have yet. The
   * same code scanned in earnest adds or follows.
   */
  | { kind: 'card'; party: Party }

/** A page asks its client for something that only the desk can show. */
export type ClientAction =
  | { kind: 'close' }
  | { kind: 'previewImage'; current: string; urls: string[] }
  | { kind: 'openProfile'; party: Party }
  | { kind: 'openBrowser'; url: string }
  | { kind: 'copied'; text: string }
  | { kind: 'openMiniprogram'; appid: string; page: string }
  | { kind: 'openConversation'; conversationId: string }
  | { kind: 'previewFile'; url: string; name: string; bytes: number }
  /** The client's own page where a member adds a customer. */
  | { kind: 'addCustomer' }
  /** The chat attachment menu loses these items, e.g. `sendMessage`. */
  | { kind: 'hideAttachmentMenu'; items: string[] }

/**
 * One `data:` line of `GET /_sandbox/stream`. The first one is the state as it is. A `patch`
 * carries the entries of the state that changed, each whole, but of people and chats only those
 * that changed, by id.
 */
export type DeskEvent =
  | { type: 'state'; state: DeskState }
  | {
      type: 'patch'
      state: Pick<DeskState, 'revision' | 'clock'> &
        Partial<Omit<DeskState, 'customers' | 'conversations'>>
      customers: Customer[]
      conversations: Conversation[]
    }
  | { type: 'action'; webviewId: string; action: ClientAction }

/**
 * A reset or a snapshot brought back. The state itself comes by the stream, or is asked for: with
 * 10,000 contacts it is megabytes.
 */
export interface SceneSet {
  scene: SceneName
  revision: number
}

/** `POST /_sandbox/webviews`: name the frame `id`, then set its `src`. */
export interface OpenWebview {
  device: Device
  /** A member's userid (wecom) or a customer's id (wechat). */
  userId: string
  /**
   * wecom: default `single_chat_tools` with a contact conversation, `group_chat_tools` with a
   * group, else `normal`.
   */
  entry?: Entry
  conversationId?: string
  /** wecom, instead of `conversationId`. */
  externalUserId?: string
  chatId?: string
  /** Exactly one of the two. A relative url is taken under `webviewOrigin`. */
  url?: string
  /** `build: 'h5'` opens its web build instead of the compiled mini program. */
  miniprogram?: { appid: string; page: string; build?: 'h5' }
  scenario?: Scenario
  /** What the client is set to, as its browser tells a page. Default: zh, light. */
  language?: 'zh' | 'en'
  theme?: 'light' | 'dark'
}
export interface OpenedWebview {
  id: string
  src: string
}

/**
 * `POST /_sandbox/messages` → `Message`. `repeat` hands an existing message on, as a person does
 * with 转发.
 */
export interface SendMessage {
  conversationId: string
  from: Party
  card?: Card
  repeat?: { messageId: string }
}

/**
 * `POST /_sandbox/forwards` → `{ ok: true }`. `conversationId: null` = the person pressed cancel.
 */
export interface AnswerForward {
  webviewId: string
  conversationId: string | null
}

/**
 * `POST /_sandbox/choices` → `{ ok: true }`: ids of the options that the person chose. `null` = the
 * person pressed cancel.
 */
export interface AnswerChoice {
  webviewId: string
  /** Of the choice. */
  id: string
  answer: string[] | null
}

/**
 * `POST /_sandbox/codes` → `{ code }`: a login code without a browser, for tests and the
 * mini-program harness.
 */
export type IssueCode =
  | { kind: 'wecom'; memberId: string }
  | { kind: 'miniprogram'; customerId: string }
  | { kind: 'official'; customerId: string; scope?: 'snsapi_base' | 'snsapi_userinfo' }

export interface Call {
  id: number
  at: string
  service: 'wecom' | 'wechat'
  method: string
  path: string
  /** Secrets and tokens are shortened. */
  query: Record<string, string>
  body: Record<string, unknown> | null
  status: number
  errcode: number | null
  /** The reply as it was sent, or what fault struck. Of long lists the first 500. */
  reply: unknown
  fault: string | null
}

/** One call of a page to its client's `WeixinJSBridge`. */
export interface Invoke {
  at: string
  webviewId: string
  url: string
  name: string
  params: Record<string, unknown>
  result: Record<string, unknown>
}

/** One push to a receiver, and what became of it. */
export interface Delivery {
  id: string
  /**
   * `app:<corp>/<agent>`, `suite:<id>`, `provider`, `account:<appid>`, `component:<appid>`, or
   * `messages:<component>/<appid>`.
   */
  receiver: string
  /**
   * `change_external_contact/add_external_contact`, `suite_ticket`, or the MsgType of a message.
   */
  event: string
  /** ISO 8601, by the sandbox's clock. */
  created: string
  /** The plaintext as it is inside the envelope. */
  body: string
  /**
   * `waiting`: in the queue, under way or before a retry; `delivered`: answered as the page wants;
   * `failed`: not; `dropped`: by a rule, or because the scene ended; `held`: by a rule; `nowhere`:
   * the receiver has no address.
   */
  state: 'waiting' | 'delivered' | 'failed' | 'dropped' | 'held' | 'nowhere'
  attempts: DeliveryAttempt[]
}

export interface DeliveryAttempt {
  /** ISO 8601, by the real clock: deadlines and retries are in real seconds. */
  at: string
  ms: number
  /** `null`: no answer. */
  status: number | null
  /** The first 2,000 characters; a passive reply is shown decrypted. */
  answer: string | null
  /** Why it counts as failed. */
  error: string | null
  /** The page wants `success` within one second and it took longer; it still counts. */
  isLate: boolean
}

/**
 * What happens to the next pushes (of this receiver or event only, when named): so many are
 * dropped, so many sent twice, so many collected and then sent in reverse order; `hold: true` keeps
 * all back until `hold: false`. Setting rules replaces the old ones and lets go of what they kept
 * back.
 */
export interface DeliveryRules {
  receiver?: string
  event?: string
  drop?: number
  duplicate?: number
  reorder?: number
  hold?: boolean
}

/**
 * Saves a callback address, as an admin does. The platform first asks it with an echostr; when that
 * is not answered as the page says: 400 with the reason, and the old address stays. `token` and
 * `aesKey` may be left out when the receiver has some already. `url: null` takes the address away.
 */
export interface SaveCallback {
  receiver: string
  url: string | null
  token?: string
  aesKey?: string
  /** WeChat accounts; `safe` unless said. */
  mode?: 'plain' | 'compatible' | 'safe'
  /** WeChat accounts and apps of WeCom; `xml` unless said. */
  format?: 'xml' | 'json'
  /**
   * Third-party platforms: 消息与事件接收 URL with `$APPID$`, where messages of authorized accounts
   * go.
   */
  messageUrl?: string | null
}

export interface LedgerRow {
  /**
   * `open`: pages of open.weixin.qq.com and others; `client`: the JS-SDK's functions; `push`:
   * callbacks, `path` = Event or Event/ChangeType.
   */
  service: 'wecom' | 'wechat' | 'open' | 'client' | 'push'
  method: string
  path: string
  state: 'supported' | 'partial' | 'not yet'
  /** The official page. */
  page: string
  /** The test file that holds it. */
  test: string
  note: string
}

/**
 * The doors.
 *
 * | method, path | body → reply |
 * | --- | --- |
 * | GET /_sandbox/state | → DeskState |
 * | GET /_sandbox/stream | → server-sent events, each `data:` a DeskEvent |
 * | POST /_sandbox/webviews | OpenWebview → OpenedWebview |
 * | DELETE /_sandbox/webviews/:id | → `{ ok: true }` (the frame is gone) |
 * | POST /_sandbox/messages | SendMessage → Message |
 * | POST /_sandbox/forwards | AnswerForward → `{ ok: true }` |
 * | POST /_sandbox/choices | AnswerChoice → `{ ok: true }` |
 * | POST /_sandbox/devices/wecom | `{ memberId }` → DeskState['devices'] |
 * | POST /_sandbox/devices/wechat | `{ customerId?, locationPermission?, position?, network? }` →
 * DeskState['devices'] |
 * | POST /_sandbox/location-answers | `{ id, allow }` → `{ ok: true }` |
 * | POST /_sandbox/reset | `{ scene? }` → SceneSet (every webview id dies: reload the frames) |
 * | POST /_sandbox/clock | `{ advanceSeconds }` → `{ now }` |
 * | POST /_sandbox/faults | `{ path, times?, errcode \| status \| html: true \| hang: true \| odd:
 * 'control' \| 'nulls' \| 'texts' }` → Fault; DELETE clears all |
 * | POST /_sandbox/tokens/revoke | `{ service?: 'wecom' \| 'wechat' }` → `{ revoked }` |
 * | POST /_sandbox/tickets/revoke | `{}` → `{ revoked }` |
 * | POST /_sandbox/visible-range | `{ memberIds }` → `{ memberIds }` |
 * | POST /_sandbox/trusted-hosts | `{ hosts }` → `{ hosts }` |
 * | POST /_sandbox/follows | `{ memberId, customerId, addWay?, state? }` → Follow (a customer adds
 * a rep) |
 * | POST /_sandbox/subscriptions | `{ customerId, subscribed }` → `{ ok: true }` |
 * | GET /_sandbox/happenings | → `{ items: { name, says }[] }`: what people and time can do |
 * | POST /_sandbox/happenings/:name | by name → what came of it; these, and only these, cause
 * callbacks |
 * | POST /_sandbox/scans | `{ device, userId, text, isLooking? }` → ScanOutcome; a phone looks
 * first, and shows the card of somebody new |
 * | POST /_sandbox/encrypted-data | `{ customerId, data? }` → `{ encryptedData, iv, rawData,
 * signature }`, as WeChat's client gives a page |
 * | POST /_sandbox/pushes | `{ receiver, body }` → Delivery: any push by hand; a text becomes
 * CDATA, `{ bare: 'x' }` does not, a list repeats its element |
 * | GET /_sandbox/snapshots | → `{ items: { name, takenAt }[] }` |
 * | POST /_sandbox/snapshots | `{ name }` → `{ name, takenAt }` |
 * | POST /_sandbox/snapshots/restore | `{ name }` → SceneSet (every webview id dies) |
 * | POST /_sandbox/codes | IssueCode → `{ code }` |
 * | POST /_sandbox/upstream | `{ urls: [first, second?] }` → `{ urls }` |
 * | GET /_sandbox/credentials | → `{ env: Record<string, string>, provider, components,
 * contactSyncSecret }`: the environment that points our server here; what providers and third-party
 * platforms hold |
 * | GET /_sandbox/calls?service=&path=&last= | → `{ items: Call[] }`, oldest first |
 * | POST /_sandbox/calls/:id/replay | `{}` → Call: the same request once more, with the secrets it
 * had |
 * | GET /_sandbox/overview | → every entity, quota and token, for the inspector |
 * | GET /_sandbox/invokes?webview=&name=&last= | → `{ items: Invoke[] }`, oldest first |
 * | GET /_sandbox/callbacks | → `{ items: { receiver, url, token, aesKey, mode, format, messageUrl
 * }[] }`: everybody who can have an address |
 * | POST /_sandbox/callbacks | SaveCallback → the address, after it has answered the echostr; 400
 * with the reason |
 * | GET /_sandbox/deliveries?receiver=&event=&state=&limit= | → `{ items: Delivery[] }`, oldest
 * first; the newest 500 unless said |
 * | POST /_sandbox/deliveries/:id/replay | nothing → Delivery; the same plaintext goes out again in
 * a new envelope |
 * | GET /_sandbox/delivery-rules | → what is left of them |
 * | POST /_sandbox/delivery-rules | DeliveryRules → what is left of them |
 * | GET /_sandbox/ledger | → `{ items: LedgerRow[] }` |
 * | GET /_sandbox/avatars/:id.svg | → a picture |
 * | GET /_sandbox/looks/:colours-:hair.svg | → the same picture for all who look so |
 * | GET /_sandbox/codes/:text.png | → the QR code of a text (base64url), as platforms serve them |
 * | GET /_sandbox/media/:id | → a temporary or permanent medium's bytes, for the cards |
 * | GET /_sandbox/ | → the inspector, a page |
 *
 * The phone's ••• menu: `frame.contentWindow.postMessage({ sandbox: 'menu', item: 'share' }, '*')`
 * makes the client ask the page for its share data, after which `Webview.pendingForward` is set;
 * `item: 'refresh'` reloads the page, `item: 'back'` goes back.
 */
export const doors = '/_sandbox'
