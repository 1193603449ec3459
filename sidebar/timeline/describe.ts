import type { Moment } from '../../shared/contract/timeline.ts'
import type { SidebarText } from '../../shared/text/zh-CN/sidebar.ts'
import { duration, videoTime } from '../../shared/text/time.ts'
import type { IconName } from '../ui/icons.ts'
import { viewOf } from './moments.ts'

export interface MomentWords {
  icon: IconName
  tone: 'brand' | 'green' | 'amber' | 'violet' | 'grey'
  /** Person, act and object. The act is plain; the others stand out. */
  parts: string[]
  /** How often, how long, how far, and who forwarded it. */
  facts: string[]
  /** Why the reader may be another person; null when the identity is confirmed. */
  doubt: string | null
}

/**
 * Describes one moment, with its repeats, for the rep, whose user id is `me`: «林悦 阅读了《…》»,
 * «3 次 · 最长 1分42秒 · 读到 85%».
 */
export function describe(
  moment: Moment,
  customer: string,
  me: string | null,
  text: SidebarText,
  repeats: readonly Moment[] = [moment],
): MomentWords {
  const who = actorOf(moment, customer, me, text)
  return {
    ...deed(moment, who, text),
    facts: factsOf({ ...moment, view: viewOf(repeats) }, repeats.length, text),
    doubt: moment.confirmed ? null : doubtOf(moment, me, text),
  }
}

/** Describes it as one spoken line. */
export function lineOf({ parts, facts, doubt }: MomentWords, { joined }: SidebarText): string {
  return joined.facts([parts.join(''), ...facts, doubt])
}

function actorOf(
  { kind, confirmed, share }: Moment,
  customer: string,
  me: string | null,
  { timeline }: SidebarText,
): string {
  if (kind === 'material.push')
    return share?.memberUserId === me ? timeline.you : (share?.memberName ?? timeline.colleague)
  return confirmed ? customer : timeline.somebody
}

function deed(
  moment: Moment,
  who: string,
  text: SidebarText,
): Pick<MomentWords, 'icon' | 'tone' | 'parts'> {
  const { verbs } = text.timeline
  const material = moment.material
    ? text.timeline.titled(moment.material.title)
    : text.timeline.gone
  switch (moment.kind) {
    case 'material.push':
      return { icon: 'send', tone: 'grey', parts: verbs.push(who, material) }
    case 'material.view': {
      const kind = moment.material?.kind ?? 'link'
      return { icon: kind, tone: 'brand', parts: verbs.view[kind](who, material) }
    }
    case 'material.share':
      // The platform does not say whether the card was sent. Somebody who opens it does.
      return moment.forward && moment.forward.openedAt === null
        ? { icon: 'share', tone: 'grey', parts: verbs.openedForward(who, material) }
        : { icon: 'share', tone: 'violet', parts: verbs.share(who, material) }
    case 'menu.click':
      return {
        icon: 'menu',
        tone: 'grey',
        parts: verbs.menu(
          who,
          text.timeline.item(text.timeline.items[moment.item ?? ''] ?? moment.item ?? ''),
        ),
      }
    case 'form.submit':
      return {
        icon: 'order',
        tone: 'violet',
        parts: verbs.form(who, text.timeline.item(moment.item ?? '')),
      }
    case 'workorder.submit':
      return { icon: 'order', tone: 'amber', parts: verbs.submit(who, workorderName(moment, text)) }
    case 'workorder.cancel':
      return { icon: 'cross', tone: 'grey', parts: verbs.cancel(who, workorderName(moment, text)) }
    case 'contact.joined':
      return { icon: 'joined', tone: 'green', parts: verbs.joined(who) }
  }
}

function workorderName({ workorder }: Moment, text: SidebarText): string {
  return workorder
    ? text.timeline.workorder(text.workorderTypes[workorder.type], workorder.number)
    : text.workorders.title
}

function factsOf(
  { view, share, workorder, push, forward }: Moment,
  times: number,
  text: SidebarText,
): string[] {
  const facts: string[] = []
  if (forward)
    facts.push(text.timeline[forward.openedAt === null ? 'forwardNotOpened' : 'forwardOpened'])
  if (push && !push.opened) facts.push(text.timeline.handedOver, text.timeline.notOpened)
  if (times > 1) facts.push(text.timeline.times(times))
  if (view && view.activeSeconds >= 0.5) {
    const longest = duration(view.activeSeconds, text.time)
    facts.push(times > 1 ? text.timeline.longest(longest) : longest)
  }
  if (view?.depth && view.depth.reached > 0) facts.push(depthOf(view.depth, text))
  if (workorder?.place) facts.push(workorder.place)
  if (share && share.forwards > 0) facts.push(text.timeline.forwards(share.forwards))
  return facts
}

export function depthOf(
  { unit, reached, total }: NonNullable<NonNullable<Moment['view']>['depth']>,
  text: SidebarText,
): string {
  const { depth } = text.timeline
  if (unit === 'percent') return depth.percent(Math.round(reached))
  if (unit === 'page') return depth.page(reached, total)
  return depth.second(videoTime(reached), videoTime(total))
}

function doubtOf({ share }: Moment, me: string | null, text: SidebarText): string {
  const { unconfirmedAny, unconfirmedBy, unconfirmedYours } = text.timeline
  if (!share?.contactName) return unconfirmedAny
  if (share.memberUserId === me) return unconfirmedYours(share.contactName)
  return share.memberName ? unconfirmedBy(share.memberName, share.contactName) : unconfirmedAny
}
