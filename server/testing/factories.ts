import { saveContact } from '../contacts/store.ts'
import { contactSeen, visitorSeen, type Seen } from '../identity/index.ts'
import type { StoredBody } from '../materials/store.ts'
import { materials } from '../materials/tables.ts'
import { shares } from '../shares/tables.ts'
import { issuedAt } from '../timeline/issued.ts'
import type { As, TestApp } from './test-app.ts'

let made = 0
/** Returns another value in every call, so that no two test people are confused. */
function serial(): string {
  made += 1
  return made.toString().padStart(6, '0')
}

export interface TestContact extends Seen {
  externalUserId: string
  name: string
}

/** Makes a contact whom these members follow, as if WeCom had just told us. */
export async function makeContact(
  app: TestApp,
  {
    name = '林悦',
    followers = ['ZhouXiaolan'],
    unionid,
  }: { name?: string; followers?: string[]; unionid?: string } = {},
): Promise<TestContact> {
  const { corpId } = app
  const externalUserId = `wmTest${serial()}aaaaaaaaaa`
  const fetchedAt = app.clock.now()
  const follow = {
    remark: '',
    description: '',
    addedAt: fetchedAt,
    tags: [],
    remarkCorpName: null,
    phones: [],
    addWay: 1,
    state: null,
  }
  const profile = {
    name,
    position: null,
    avatarUrl: null,
    corpName: null,
    kind: 'wechat',
    gender: 'unknown',
  } as const
  const contact = {
    ...profile,
    externalUserId,
    unionid: unionid ?? null,
    follows: followers.map((userId) => ({ ...follow, userId })),
  }
  await saveContact(app.db, corpId, contact, fetchedAt)
  return {
    ...(await contactSeen(app.ctx, { corpId, externalUserId, unionid })),
    externalUserId,
    name,
  }
}

export interface TestVisitor extends Seen {
  openid: string
  as: As
}

/**
 * Makes a visitor who opened the mini program. A unionid is evidence: the server asks WeCom about
 * it, unless a contact has it already.
 */
export async function makeVisitor(
  app: TestApp,
  { openid = `oTest${serial()}bbbbbbbbbbbb`, unionid }: { openid?: string; unionid?: string } = {},
): Promise<TestVisitor> {
  const seen = await visitorSeen(app.ctx, {
    corpId: app.corpId,
    appId: 'wx5e1f8c27d90b643a',
    openid,
    unionid,
  })
  return { ...seen, openid, as: app.visitor(seen.identityId) }
}

export async function makeMaterial(
  app: TestApp,
  {
    title = '节能改造案例',
    corpId = app.corpId,
    body = { kind: 'article', html: '<p>…</p>' },
  }: { title?: string; corpId?: string; body?: StoredBody | undefined } = {},
): Promise<string> {
  const id = app.ctx.random.id()
  const now = app.clock.now()
  await app.db.insert(materials).values({
    id,
    corpId,
    kind: body.kind,
    title,
    summary: '',
    body,
    createdAt: now,
    updatedAt: now,
  })
  return id
}

/**
 * Makes a push of a member, to a contact or otherwise to a group. It also makes the material,
 * unless one is given.
 */
export async function makeShare(
  app: TestApp,
  {
    to,
    materialId,
    corpId = app.corpId,
    memberUserId = 'ZhouXiaolan',
  }: { to?: Seen; materialId?: string; corpId?: string; memberUserId?: string } = {},
): Promise<string> {
  const id = app.ctx.random.id()
  await app.db.insert(shares).values({
    id,
    corpId,
    materialId: materialId ?? (await makeMaterial(app, { corpId })),
    memberUserId,
    entry: to ? 'single_chat_tools' : 'group_chat_tools',
    targetIdentityId: to?.identityId ?? null,
    targetChatId: to ? null : 'wrTest0000000000',
    parentId: null,
    forwards: 0,
    forwarderIdentityId: null,
    state: 'sent',
    reason: null,
    createdAt: app.clock.now(),
  })
  return id
}

/**
 * Returns new ids as the server issues them to a reader who opens a share; the reader did so an
 * hour ago, unless said otherwise. A visit under such an id may report an hour of reading at once.
 */
export function openedBy(
  app: TestApp,
  { identityId }: { identityId: string },
  shareId: string,
  { secondsAgo = 3_600 }: { secondsAgo?: number } = {},
): { visitId: string; forwardId: string } {
  const reader = { corpId: app.corpId, identityId, shareId }
  made += 1
  const at = app.clock.now().getTime() - secondsAgo * 1000 - (made >> 12)
  const salt = made & 0x0fff
  return {
    visitId: issuedAt(app.ctx, 'visit', reader, at, salt),
    forwardId: issuedAt(app.ctx, 'forward', reader, at, salt),
  }
}
