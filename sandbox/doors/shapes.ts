import * as v from 'valibot'
import { sceneNames } from '../scenes/all.ts'
import type { Xml, XmlValue } from '../pushes/receiver.ts'

/** What the doors accept; the types are in `api.ts`. */
const id = v.pipe(v.string(), v.minLength(1), v.maxLength(200))
const text = v.pipe(v.string(), v.maxLength(10_000))

export const Party = v.strictObject({
  kind: v.picklist(['member', 'customer', 'official', 'app', 'service', 'system']),
  id,
})

export const Scenario = v.strictObject({
  clientVersion: v.optional(
    v.pipe(v.string(), v.regex(/^\d+(\.\d+){1,3}$/, 'must look like 4.1.36')),
  ),
  noPermission: v.optional(v.boolean()),
  wrongTicket: v.optional(v.boolean()),
  lateBridge: v.optional(v.boolean()),
  cancelSend: v.optional(v.boolean()),
  system: v.optional(v.picklist(['windows', 'macos', 'ios', 'android'])),
})

export const OpenWebview = v.strictObject({
  device: v.picklist(['wecom', 'wechat']),
  userId: id,
  entry: v.optional(
    v.picklist([
      'contact_profile',
      'single_chat_tools',
      'group_chat_tools',
      'chat_attachment',
      'single_kf_tools',
      'normal',
    ]),
  ),
  conversationId: v.optional(id),
  externalUserId: v.optional(id),
  chatId: v.optional(id),
  url: v.optional(v.pipe(v.string(), v.maxLength(4096))),
  miniprogram: v.optional(
    v.strictObject({
      appid: id,
      page: v.pipe(v.string(), v.maxLength(2048)),
      build: v.optional(v.literal('h5')),
    }),
  ),
  scenario: v.optional(Scenario),
  language: v.optional(v.picklist(['zh', 'en'])),
  theme: v.optional(v.picklist(['light', 'dark'])),
})

export const Card = v.variant('kind', [
  v.strictObject({ kind: v.literal('text'), text: v.pipe(text, v.minLength(1)) }),
  v.strictObject({ kind: v.literal('image'), url: text }),
  v.strictObject({ kind: v.literal('video'), title: text, imgUrl: text, url: text }),
  v.strictObject({
    kind: v.literal('file'),
    name: text,
    bytes: v.pipe(v.number(), v.minValue(0)),
    url: text,
  }),
  v.strictObject({ kind: v.literal('link'), title: text, desc: text, imgUrl: text, url: text }),
  v.strictObject({
    kind: v.literal('voice'),
    seconds: v.pipe(v.number(), v.minValue(1), v.maxValue(60)),
    url: text,
  }),
  v.strictObject({
    kind: v.literal('location'),
    name: text,
    address: text,
    latitude: v.number(),
    longitude: v.number(),
  }),
  v.strictObject({
    kind: v.literal('miniprogram'),
    appid: id,
    appName: text,
    title: text,
    imgUrl: text,
    page: text,
  }),
])

export const SendMessage = v.strictObject({
  conversationId: id,
  from: Party,
  card: v.optional(Card),
  repeat: v.optional(v.strictObject({ messageId: id })),
})

export const AnswerForward = v.strictObject({ webviewId: id, conversationId: v.nullable(id) })
export const AnswerChoice = v.strictObject({
  webviewId: id,
  id,
  answer: v.nullable(v.pipe(v.array(text), v.maxLength(20_000))),
})
export const WecomDevice = v.strictObject({ memberId: id })
export const WechatDevice = v.strictObject({
  customerId: v.optional(id),
  locationPermission: v.optional(v.picklist(['unset', 'granted', 'refused'])),
  network: v.optional(v.picklist(['good', 'weak', 'offline'])),
  position: v.optional(
    v.strictObject({
      latitude: v.pipe(v.number(), v.minValue(-90), v.maxValue(90)),
      longitude: v.pipe(v.number(), v.minValue(-180), v.maxValue(180)),
      accuracy: v.optional(v.pipe(v.number(), v.minValue(0)), 30),
    }),
  ),
})
export const AnswerLocation = v.strictObject({ id, allow: v.boolean() })
export const Reset = v.strictObject({ scene: v.optional(v.picklist(sceneNames)) })
export const MoveClock = v.strictObject({
  advanceSeconds: v.pipe(
    v.number(),
    v.integer(),
    v.minValue(0, 'the clock cannot go back: reset the scene'),
    v.maxValue(366 * 86_400),
  ),
})

const times = v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(10_000)), 1)
const path = v.pipe(v.string(), v.startsWith('/'))
export const AddFault = v.union(
  [
    v.strictObject({ path, times, errcode: v.pipe(v.number(), v.integer()) }),
    v.strictObject({
      path,
      times,
      status: v.pipe(v.number(), v.integer(), v.minValue(400), v.maxValue(599)),
    }),
    v.strictObject({ path, times, html: v.literal(true) }),
    v.strictObject({ path, times, hang: v.literal(true) }),
    v.strictObject({ path, times, odd: v.picklist(['control', 'nulls', 'texts']) }),
  ],
  'a fault is {path, times?} and exactly one of errcode, status (400–599), html: true, hang: true, odd: control | nulls | texts',
)

export const RevokeTokens = v.strictObject({ service: v.optional(v.picklist(['wecom', 'wechat'])) })
export const Nothing = v.strictObject({})
export const VisibleRange = v.strictObject({ memberIds: v.array(id) })
export const TrustedHosts = v.strictObject({
  hosts: v.array(
    v.pipe(
      v.string(),
      v.regex(/^[\w.-]+(:\d{1,5})?$/, 'must be a host such as crm.example.com or localhost:3101'),
    ),
  ),
})
export const AddFollow = v.strictObject({
  memberId: id,
  customerId: id,
  addWay: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(255)), 1),
  state: v.optional(v.pipe(v.string(), v.maxLength(30))),
})
export const Subscribe = v.strictObject({ customerId: id, subscribed: v.boolean() })
export const IssueCode = v.variant('kind', [
  v.strictObject({ kind: v.literal('wecom'), memberId: id }),
  v.strictObject({ kind: v.literal('miniprogram'), customerId: id }),
  v.strictObject({
    kind: v.literal('official'),
    customerId: id,
    scope: v.optional(v.picklist(['snsapi_base', 'snsapi_userinfo']), 'snsapi_base'),
  }),
])
export const SetUpstream = v.strictObject({
  urls: v.pipe(
    v.array(
      v.pipe(
        v.string(),
        v.regex(/^http:\/\/[\w.-]+(:\d{1,5})?\/?$/, 'must be like http://127.0.0.1:3000'),
      ),
    ),
    v.minLength(1),
    v.maxLength(2),
  ),
})

const callbackUrl = v.pipe(
  v.string(),
  v.maxLength(2048),
  v.regex(/^https?:\/\/[^\s/]+/, 'must begin with http:// or https://'),
  v.url(),
)
export const SaveCallback = v.strictObject({
  receiver: id,
  url: v.nullable(callbackUrl),
  // WW-90930: up to 32, and exactly 43, letters and digits.
  token: v.optional(
    v.pipe(v.string(), v.regex(/^[A-Za-z0-9]{1,32}$/, 'must be 1–32 letters and digits')),
  ),
  aesKey: v.optional(
    v.pipe(v.string(), v.regex(/^[A-Za-z0-9]{43}$/, 'must be exactly 43 letters and digits')),
  ),
  mode: v.optional(v.picklist(['plain', 'compatible', 'safe'])),
  format: v.optional(v.picklist(['xml', 'json'])),
  messageUrl: v.optional(
    v.nullable(v.pipe(callbackUrl, v.includes('$APPID$', 'must contain $APPID$'))),
  ),
})
const XmlValue: v.GenericSchema<XmlValue> = v.union([v.string(), v.number(), v.lazy(() => XmlBody)])
const XmlBody: v.GenericSchema<Xml> = v.record(
  v.pipe(v.string(), v.regex(/^[A-Za-z_][\w.-]{0,99}$/, 'must be the name of an element')),
  v.union([XmlValue, v.array(XmlValue)]),
)
export const SendPush = v.strictObject({ receiver: id, body: XmlBody })
const howMany = v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(1000)), 0)
export const DeliveryRules = v.strictObject({
  receiver: v.optional(id),
  event: v.optional(id),
  drop: howMany,
  duplicate: howMany,
  reorder: howMany,
  hold: v.optional(v.boolean()),
})

/** What pages tell their client, and the authorize page the platform. */
export const BridgeInvoke = v.strictObject({
  webview: id,
  page: id,
  url: v.pipe(v.string(), v.url()),
  name: id,
  params: v.record(v.string(), v.unknown()),
})
export const ReportPlace = v.strictObject({
  webview: id,
  url: v.pipe(v.string(), v.maxLength(8192)),
  title: v.pipe(v.string(), v.maxLength(2000)),
})
export const AskPosition = v.strictObject({
  webview: id,
  purpose: v.optional(v.pipe(v.string(), v.maxLength(200))),
})
export const AskCode = v.strictObject({
  webview: v.string(),
  query: v.string(),
  allow: v.optional(v.boolean()),
})
