import * as v from 'valibot'
import { endpoint } from './endpoint.ts'
import { platformErrors } from './errors.ts'
import {
  ChatId,
  Cursor,
  ExternalUserId,
  Id,
  IssuedId,
  MaterialKind,
  page,
  Picture,
  queryInteger,
  storable,
} from './values.ts'

export { MaterialKind, Picture }

export const Category = v.object({ id: Id, name: v.string(), count: v.number() })
export type Category = v.InferOutput<typeof Category>

export const MaterialSummary = v.object({
  id: Id,
  kind: MaterialKind,
  title: v.string(),
  summary: v.string(),
  cover: v.nullable(Picture),
  categoryId: v.nullable(Id),
  updatedAt: v.string(),
})
export type MaterialSummary = v.InferOutput<typeof MaterialSummary>

/** How a material does, for its row in the library. */
export const MaterialEffect = v.object({
  /** Visits: one opening by one reader. */
  opens: v.number(),
  /** Different persons among the readers; counted up to `mostPeople`. */
  people: v.number(),
  /** How many of these persons read to the end; null where no depth is measured. */
  finished: v.nullable(v.number()),
  /**
   * The customers of the calling member who got furthest, best first, at most two: tenths of the
   * material.
   */
  best: v.array(v.object({ name: v.string(), tenths: v.number() })),
})
export type MaterialEffect = v.InferOutput<typeof MaterialEffect>

export const mostPeople = 1_000

export const ListedMaterial = v.object({ ...MaterialSummary.entries, effect: MaterialEffect })
export type ListedMaterial = v.InferOutput<typeof ListedMaterial>

/**
 * The body that a reader sees. The server has sanitised `html`: no scripts, no handlers, only
 * http(s) links and our own images.
 */
export const MaterialBody = v.variant('kind', [
  v.object({ kind: v.literal('article'), html: v.string() }),
  v.object({
    kind: v.literal('file'),
    name: v.string(),
    bytes: v.number(),
    downloadUrl: v.string(),
    pages: v.array(Picture),
  }),
  v.object({ kind: v.literal('image'), image: Picture }),
  v.object({
    kind: v.literal('video'),
    videoUrl: v.string(),
    seconds: v.number(),
    poster: v.nullable(Picture),
  }),
  v.object({ kind: v.literal('link'), url: v.string(), host: v.string() }),
])
export type MaterialBody = v.InferOutput<typeof MaterialBody>

export const Material = v.object({ ...MaterialSummary.entries, body: MaterialBody })
export type Material = v.InferOutput<typeof Material>

export const listCategories = endpoint({
  method: 'GET',
  path: '/api/materials/categories',
  auth: 'member',
  summary: 'The categories of the material library, with how many materials each has',
  reply: v.object({ items: v.array(Category) }),
  errors: [],
})

export const listMaterials = endpoint({
  method: 'GET',
  path: '/api/materials',
  auth: 'member',
  summary: 'The material library, newest first',
  query: v.strictObject({
    category: v.optional(Id),
    kind: v.optional(MaterialKind),
    /** Words of the title or summary. */
    q: v.optional(v.pipe(v.string(), storable, v.trim(), v.maxLength(100))),
    before: v.optional(Cursor),
    limit: queryInteger(1, 50, 20),
  }),
  reply: page(ListedMaterial),
  errors: [],
})

export const getMaterial = endpoint({
  method: 'GET',
  path: '/api/materials/:id',
  auth: 'member',
  summary: 'One material with its body, for the preview',
  params: v.strictObject({ id: Id }),
  reply: Material,
  errors: ['material_unknown'],
})

/** The place of the push, as `ww.getContext()` names it. */
export const PushEntry = v.picklist([
  'single_chat_tools',
  'group_chat_tools',
  'contact_profile',
  'chat_attachment',
  'single_kf_tools',
  'normal',
])

export const ShareState = v.picklist(['created', 'sent', 'cancelled', 'failed'])

/** The argument of `sendChatMessage`; the client passes it through unchanged. */
export const PushMessage = v.variant('msgtype', [
  v.object({
    msgtype: v.literal('miniprogram'),
    /** `page` ends with `.html` before its query, as WW-96935 demands. */
    miniprogram: v.object({
      appid: v.string(),
      title: v.string(),
      imgUrl: v.string(),
      page: v.string(),
    }),
  }),
  v.object({
    msgtype: v.literal('news'),
    news: v.object({ link: v.string(), title: v.string(), desc: v.string(), imgUrl: v.string() }),
  }),
])
export type PushMessage = v.InferOutput<typeof PushMessage>

export const Share = v.object({
  id: Id,
  materialId: Id,
  parentId: v.nullable(Id),
  state: ShareState,
  createdAt: v.string(),
})
export type Share = v.InferOutput<typeof Share>

/**
 * A rep hands a material to a contact or a group chat. The share exists before the push, because
 * the message contains its id.
 */
export const createShare = endpoint({
  method: 'POST',
  path: '/api/shares',
  auth: 'member',
  summary: 'Create the share that a push will carry, and the message to push',
  idempotent: true,
  body: v.strictObject({
    materialId: Id,
    /**
     * Null from the attachment menu: WeCom sends into the open chat there but does not say whose it
     * is (WW-98539).
     */
    to: v.nullable(
      v.union([
        v.strictObject({ externalUserId: ExternalUserId }),
        v.strictObject({ chatId: ChatId }),
      ]),
    ),
    entry: PushEntry,
  }),
  reply: v.object({ share: Share, message: PushMessage }),
  errors: [
    'material_unknown',
    'contact_unknown',
    'contact_not_followed',
    'idempotency_key_missing',
    'idempotency_conflict',
    ...platformErrors,
  ],
})

/** Reports what the client's SDK said about the push. */
export const settleShare = endpoint({
  method: 'PUT',
  path: '/api/shares/:id/state',
  auth: 'member',
  summary: 'Record whether the push was sent, cancelled or failed',
  params: v.strictObject({ id: Id }),
  body: v.strictObject({
    state: v.picklist(['sent', 'cancelled', 'failed']),
    reason: v.optional(v.pipe(v.string(), storable, v.maxLength(500))),
  }),
  reply: Share,
  errors: ['share_unknown'],
})

/** What a reader may know of the rep who pushed a material. */
export const RepCard = v.object({
  name: v.string(),
  /** The title that WeCom shows outside of the corp. */
  title: v.nullable(v.string()),
  avatarUrl: v.nullable(v.string()),
  /** Null unless the rep has given a number for readers. */
  phone: v.nullable(v.string()),
  /** The picture of WeCom's code that adds the rep; null unless the rep wants to be added. */
  addCodeUrl: v.nullable(v.string()),
})
export type RepCard = v.InferOutput<typeof RepCard>

/**
 * Returns the material of a share for its reader. A member may look too, without making a moment.
 */
export const openShare = endpoint({
  method: 'GET',
  path: '/api/shares/:id',
  auth: 'any',
  summary: 'The material behind a share, for its reader',
  params: v.strictObject({ id: Id }),
  reply: v.object({
    share: v.object({
      id: Id,
      forwards: v.number(),
      memberName: v.nullable(v.string()),
      /** The rep who pushed it, also after forwards; null when the push was withdrawn. */
      rep: v.nullable(RepCard),
    }),
    material: Material,
    /**
     * Ids for what this reader does with the share. They are the reader's alone, and each opening
     * gets new ones. Null for a member.
     */
    issued: v.optional(
      v.nullable(v.object({ visitIds: v.array(Id), forwardIds: v.array(Id) })),
      null,
    ),
  }),
  errors: ['share_unknown'],
})

/**
 * A reader hands the material on. The id is one of those that came with the share, because WeChat
 * needs the forwarded path at once. Nobody else can register it. Repeating it changes nothing.
 * Older clients made the id themselves: the card opens, and nobody is named as its forwarder.
 */
export const forwardShare = endpoint({
  method: 'POST',
  path: '/api/shares/:id/forwards',
  auth: 'visitor',
  summary: 'Create a child share for a forward to a friend',
  params: v.strictObject({ id: Id }),
  body: v.strictObject({ id: IssuedId }),
  reply: Share,
  errors: ['share_unknown', 'idempotency_conflict'],
})

/** Recent pushes to a contact, so that a rep does not push a material twice. */
export const listShares = endpoint({
  method: 'GET',
  path: '/api/shares',
  auth: 'member',
  summary: 'Shares of the calling member to one contact, newest first',
  query: v.strictObject({
    externalUserId: ExternalUserId,
    before: v.optional(Cursor),
    limit: queryInteger(1, 50, 20),
  }),
  reply: page(
    v.object({ ...Share.entries, title: v.string(), kind: MaterialKind, opened: v.boolean() }),
  ),
  errors: ['contact_unknown', 'contact_not_followed', ...platformErrors],
})
