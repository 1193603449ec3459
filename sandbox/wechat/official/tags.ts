import { inside, numberField, objectField, textField, textsField } from '../../platform/fields.ts'
import { Refusal, type Method, type Reply, type Upstream } from '../../platform/method.ts'
import type { World } from '../../state/world.ts'
import { officialOf } from '../accounts/tokens.ts'
import { nextId, openidsOf, pageOf, personOf } from './people.ts'
import type { Follower, OfficialAccountRecord } from './state.ts'

const mostTags = 100
const mostTagsOfFollower = 20
const mostNameBytes = 30
const mostOpenids = 50
const mostFans = 100_000
/** 默认组, 屏蔽组 and 星标组 are the platform's. */
const lastSystemTag = 2
const ok = { errcode: 0, errmsg: 'ok' }

export const tagMethods: Method[] = [
  { method: 'POST', path: '/cgi-bin/tags/create', handle: createTag },
  { method: 'GET', path: '/cgi-bin/tags/get', handle: listTags },
  { method: 'POST', path: '/cgi-bin/tags/update', handle: renameTag },
  { method: 'POST', path: '/cgi-bin/tags/delete', handle: deleteTag },
  { method: 'POST', path: '/cgi-bin/user/tag/get', handle: listTagged },
  {
    method: 'POST',
    path: '/cgi-bin/tags/members/batchtagging',
    handle: (world, call) => changeTagged(world, call, addTag),
  },
  {
    method: 'POST',
    path: '/cgi-bin/tags/members/batchuntagging',
    handle: (world, call) => changeTagged(world, call, removeTag),
  },
  { method: 'POST', path: '/cgi-bin/tags/getidlist', handle: listTagsOf },
]

function createTag(world: World, call: Upstream): Reply {
  const account = officialOf(world, call, 'verified')
  const name = nameIn(account, inside(call, objectField(call, 'tag')))
  if (account.tags.filter(({ id }) => id > lastSystemTag).length >= mostTags)
    throw new Refusal(45056, 'too many tag now, no need to add new')
  const tag = { id: (nextId(account) % 1_000_000) + 100, name }
  account.tags.push(tag)
  return { tag }
}

function nameIn(account: OfficialAccountRecord, call: Upstream): string {
  const name = textField(call, 'name', {
    missing: [45157, 'invalid tag name'],
    mostBytes: mostNameBytes,
    wrong: [45158, 'tag name too long'],
  })
  if (account.tags.some((one) => one.name === name)) throw new Refusal(45157, 'invalid tag name')
  return name
}

function listTags(world: World, call: Upstream): Reply {
  const account = officialOf(world, call, 'verified')
  return {
    tags: account.tags.map(({ id, name }) => ({ id, name, count: fansOf(account, id).length })),
  }
}

function renameTag(world: World, call: Upstream): Reply {
  const account = officialOf(world, call, 'verified')
  const given = inside(call, objectField(call, 'tag'))
  const tag = ownTag(account, numberField(given, 'id', -1))
  tag.name = nameIn(account, given)
  return ok
}

function deleteTag(world: World, call: Upstream): Reply {
  const account = officialOf(world, call, 'verified')
  const { id } = ownTag(account, numberField(inside(call, objectField(call, 'tag')), 'id', -1))
  if (fansOf(account, id).length > mostFans)
    throw new Refusal(45057, "can't delete the tag that has too many fans")
  account.tags = account.tags.filter((one) => one.id !== id)
  for (const follower of account.followers.values()) removeTag(follower, id)
  return ok
}

/** A tag that may be changed. */
function ownTag(account: OfficialAccountRecord, id: number): { id: number; name: string } {
  if (id >= 0 && id <= lastSystemTag) throw new Refusal(45058, "can't modify sys tag")
  return tagOf(account, id)
}

export function tagOf(account: OfficialAccountRecord, id: number): { id: number; name: string } {
  const tag = account.tags.find((one) => one.id === id)
  if (!tag) throw new Refusal(45159, 'invalid tag id')
  return tag
}

/** Customer ids. */
export function fansOf({ followers }: OfficialAccountRecord, tagId: number): string[] {
  return [...followers].filter(([, { tagIds }]) => tagIds.includes(tagId)).map(([id]) => id)
}

function listTagged(world: World, call: Upstream): Reply {
  const account = officialOf(world, call, 'verified')
  const { id } = tagOf(account, numberField(call, 'tagid', -1))
  const { next_openid: next, ...page } = pageOf(
    openidsOf(world, account, fansOf(account, id)),
    textField(call, 'next_openid'),
  )
  return { ...page, ...(page.count > 0 && { next_openid: next }) }
}

function changeTagged(
  world: World,
  call: Upstream,
  change: (follower: Follower, tagId: number) => void,
): Reply {
  const account = officialOf(world, call, 'verified')
  const { id } = tagOf(account, numberField(call, 'tagid', -1))
  const openids = textsField(call, 'openid_list', {
    missing: [40032, 'invalid openid list size'],
    most: mostOpenids,
    wrong: [40032, 'invalid openid list size'],
  })
  const followers = openids.map((openid) => followerOf(world, account, openid))
  const isTooMuch = ({ tagIds }: Follower) =>
    !tagIds.includes(id) && tagIds.length >= mostTagsOfFollower
  if (change === addTag && followers.some(isTooMuch))
    throw new Refusal(45059, 'can not tagging one user too much')
  for (const follower of followers) change(follower, id)
  return ok
}

function followerOf(world: World, account: OfficialAccountRecord, openid: string): Follower {
  const follower = account.followers.get(personOf(world, account, openid).id)
  if (!follower) throw new Refusal(40003, 'invalid openid')
  return follower
}

function addTag(follower: Follower, tagId: number) {
  if (!follower.tagIds.includes(tagId)) follower.tagIds.push(tagId)
}

function removeTag(follower: Follower, tagId: number) {
  follower.tagIds = follower.tagIds.filter((one) => one !== tagId)
}

function listTagsOf(world: World, call: Upstream): Reply {
  const account = officialOf(world, call, 'verified')
  const openid = textField(call, 'openid', { missing: [41009, 'missing openid'] })
  return { tagid_list: followerOf(world, account, openid).tagIds }
}
