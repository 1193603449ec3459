import { computed, onScopeDispose, shallowRef, triggerRef, watch, type Ref } from 'vue'
import { addressOf } from '../../shared/client/address.ts'
import { getSession } from '../../shared/contract/session.ts'
import { listMoments, streamMoments, type Moment } from '../../shared/contract/timeline.ts'
import { useApp } from '../bridge/app.ts'
import { followMoments, type LiveState } from './live.ts'
import { place, placeWanted, presentOnce, rowsOf, settled } from './moments.ts'
import { kindsOf, passes, type Wanted } from './wanted.ts'

export interface TimelineOptions {
  /**
   * False while the rep reads further down. New moments then wait for a click and do not move the
   * page.
   */
  atTop: () => boolean
  /** Every moment of the stream, in the list or not. */
  onLive: (moment: Moment) => void
  /** Identities joined or left the person, so other parts of the page may be old, too. */
  onReload: () => void
  /** A new row came while the rep was looking. */
  onArrival: (moment: Moment) => void
}

export type TimelineState =
  { step: 'loading' } | { step: 'failed'; failure: unknown } | { step: 'ready' }

const pageSize = 30
const largestPage = 100
/** How exact the end of «reading now» is. */
const lookForSilenceMs = 250

/** The moments of a person: pages from the server, kept up to date by the live stream. */
export function useTimeline(
  personId: Ref<string>,
  wanted: Ref<Wanted>,
  { atTop, onLive, onReload, onArrival }: TimelineOptions,
) {
  const { call, openStream, lines, now } = useApp()
  const state = shallowRef<TimelineState>({ step: 'loading' })
  const moments = shallowRef<Moment[]>([])
  const next = shallowRef<string | null>(null)
  const more = shallowRef<'idle' | 'loading' | 'failed'>('idle')
  /** Null until the first page gives the position for following. */
  const live = shallowRef<LiveState | null>(null)
  const waiting = shallowRef<Moment[]>([])
  const fresh = shallowRef<ReadonlySet<string>>(new Set())

  /**
   * The newest state of each moment from the stream. A page that was requested earlier may be
   * older.
   */
  const streamed = new Map<string, Moment>()
  let stopFollowing: (() => void) | undefined
  /** Shares that were opened since their pages were read. */
  const opened = shallowRef<ReadonlySet<string>>(new Set())
  /** Grows with every new list. An answer for an older one is dropped. */
  let generation = 0

  function ask(before: string | null, limit = pageSize) {
    const { kind, material, member, period } = wanted.value
    const filters = {
      kind: kindsOf[kind]?.join(','),
      material: material?.id,
      member: member?.userId,
      from: period?.from,
      to: period?.to,
    }
    return call(listMoments, {
      params: { id: personId.value },
      query: { limit: String(limit), before: before ?? undefined, ...filters },
    })
  }

  async function load(): Promise<void> {
    const mine = ++generation
    state.value = { step: 'loading' }
    waiting.value = []
    more.value = 'idle'
    try {
      const page = await ask(null)
      if (mine !== generation) return
      const list = page.items
      for (const moment of streamed.values())
        placeWanted(list, moment, wanted.value, page.next !== null)
      moments.value = list
      next.value = page.next
      state.value = { step: 'ready' }
      if (!stopFollowing) follow(page.liveFrom)
    } catch (failure) {
      if (mine === generation) state.value = { step: 'failed', failure }
    }
  }

  /**
   * The server's timeline was put together anew. The same length is read again, and replaces the
   * old one without a blank.
   */
  async function readAnew(): Promise<void> {
    streamed.clear()
    onReload()
    if (state.value.step !== 'ready') return load()
    const mine = ++generation
    try {
      const page = await ask(null, Math.min(largestPage, Math.max(pageSize, moments.value.length)))
      if (mine !== generation) return
      const list = page.items
      for (const moment of streamed.values())
        placeWanted(list, moment, wanted.value, page.next !== null)
      moments.value = list
      next.value = page.next
      waiting.value = []
      more.value = 'idle'
    } catch (failure) {
      if (mine === generation) state.value = { step: 'failed', failure }
    }
  }

  async function loadMore(): Promise<void> {
    if (more.value === 'loading' || next.value === null || state.value.step !== 'ready') return
    const mine = generation
    more.value = 'loading'
    try {
      const page = await ask(next.value)
      if (mine !== generation) return
      for (const moment of page.items)
        place(moments.value, streamed.get(moment.id) ?? moment, false)
      next.value = page.next
      more.value = 'idle'
      triggerRef(moments)
    } catch {
      if (mine === generation) more.value = 'failed'
    }
  }

  function follow(from: string): void {
    const params = { id: personId.value }
    stopFollowing = followMoments({
      from,
      lines,
      open: (position) => openStream(addressOf(streamMoments.path, params, { from: position })),
      onState: (now) => (live.value = now),
      onMoment: take,
      onReload: () => void readAnew(),
      // A 401 here makes the client sign in again.
      onRefused: () => call(getSession),
      // What is on the screen is not the member's to see any more.
      onEnd: (failure) => {
        stopFollowing?.()
        stopFollowing = undefined
        generation += 1
        moments.value = []
        streamed.clear()
        waiting.value = []
        live.value = null
        state.value = { step: 'failed', failure }
      },
    })
  }

  function take(moment: Moment): void {
    const known = streamed.get(moment.id)
    if (known && known.revision >= moment.revision) return
    streamed.set(moment.id, moment)
    const share = moment.kind === 'material.view' ? moment.share?.id : undefined
    if (share && !opened.value.has(share)) opened.value = new Set(opened.value).add(share)
    onLive(moment)
    if (state.value.step !== 'ready') return
    const now = moments.value.some(({ id }) => id === moment.id) || atTop()
    const others = waiting.value.filter(({ id }) => id !== moment.id)
    waiting.value = now || !passes(moment, wanted.value) ? others : [moment, ...others]
    if (now) show(moment)
  }

  function show(moment: Moment): void {
    const change = placeWanted(moments.value, moment, wanted.value, next.value !== null)
    if (change === 'none') return
    triggerRef(moments)
    if (change === 'updated') return
    fresh.value = new Set(fresh.value).add(moment.id)
    onArrival(moment)
  }

  function showWaiting(): void {
    const list = waiting.value
    waiting.value = []
    for (const moment of list) show(moment)
  }

  function restart(): void {
    stopFollowing?.()
    stopFollowing = undefined
    live.value = null
    streamed.clear()
    void load()
  }

  /** The server sends «ongoing» with a report. We must notice ourselves when the reports stop. */
  const heard = new Map<string, { revision: number; at: number }>()
  const silence = setInterval(() => {
    const quiet = settled(moments.value, heard, now())
    if (quiet) moments.value = quiet
  }, lookForSilenceMs)

  watch(personId, restart, { immediate: true })
  watch(wanted, () => void load())
  onScopeDispose(() => {
    stopFollowing?.()
    clearInterval(silence)
  })

  const rows = computed(() => rowsOf(presentOnce(moments.value), opened.value))
  return { state, rows, next, more, live, waiting, fresh, load, loadMore, showWaiting }
}
