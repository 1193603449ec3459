import type { Reply } from '../../platform/method.ts'
import type { SceneCustomer, SceneFollow } from '../../scenes/scene.ts'
import type { World } from '../../state/world.ts'
import type { Caller } from '../access.ts'
import type { Contact } from './people.ts'
import { addedAt, avatarUrl, findTag } from '../../state/find.ts'

const genders = { unknown: 0, male: 1, female: 2 }

/**
 * WW-96315: only own apps get the unionid (with a bound WeChat developer id), the picture, the
 * gender and the full name of the other corp. For the others this is so since 2025-12-18
 * (WW-96307).
 */
export function describeExternal(
  world: World,
  { app, ids }: Caller,
  customer: SceneCustomer,
): Reply {
  const isOwn = app.mode === 'own'
  const shared = {
    external_userid: ids.customer(customer),
    name: customer.name,
    ...(isOwn && { avatar: avatarUrl(world, customer.id) }),
    gender: isOwn ? genders[customer.gender] : 0,
  }
  if (!customer.isWecomUser)
    return { ...shared, type: 1, ...(isOwn && { unionid: customer.unionid }) }
  // Somebody in WeCom has a corp and a position of their own; a WeChat user has only what the
  // member noted.
  return {
    ...shared,
    type: 2,
    position: customer.position ?? '',
    corp_name: customer.corpName ?? '',
    corp_full_name: (isOwn ? customer.corpFullName : customer.corpName) ?? '',
    external_profile: { external_attr: [] },
  }
}

/** `follow_user` of externalcontact/get: tags with their names. */
export function describeFollowUser(world: World, caller: Caller, contact: Contact): Reply {
  const tags = contact.follow.tagIds
    .flatMap((id) => findTag(world, id) ?? [])
    .map(({ id, name, group }) => ({ group_name: group, tag_name: name, tag_id: id, type: 1 }))
  return describeFollow(world, caller, contact, { tags })
}

/** `follow_info` of batch/get_by_user: tags by their ids. */
export function describeFollowInfo(world: World, caller: Caller, contact: Contact): Reply {
  return describeFollow(world, caller, contact, {
    tag_id: contact.follow.tagIds.filter((id) => findTag(world, id)),
  })
}

function describeFollow(
  world: World,
  { app, ids }: Caller,
  { customer, follow }: Contact,
  tags: Reply,
): Reply {
  const company = follow.company ?? (customer.isWecomUser ? '' : (customer.corpFullName ?? ''))
  return {
    userid: ids.member(follow.memberId),
    remark: follow.remark,
    description: follow.description,
    createtime: Math.floor(addedAt(world, follow.addedMinutesAgo) / 1000),
    ...tags,
    ...(company !== '' && { remark_corp_name: company }),
    ...(app.mode === 'own' && { remark_mobiles: follow.phones }),
    oper_userid: operatorOf(follow, ids.member(follow.memberId), ids.customer(customer)),
    add_way: follow.addWay,
    ...(follow.state !== null && { state: follow.state }),
  }
}

/**
 * QR codes, name cards, acquisition links and requests from WeChat start with the customer; 202 is
 * an admin's doing (WW-96315).
 */
function operatorOf({ addWay }: SceneFollow, member: string, customer: string): string {
  if (addWay === 202) return 'sys'
  return [1, 3, 16, 24].includes(addWay) ? customer : member
}
