import { defineStore } from 'pinia'
import { reactive, shallowRef } from 'vue'
import type { CallInput, Reply } from '../../shared/contract/endpoint.ts'
import { createShare, listShares, settleShare } from '../../shared/contract/materials.ts'
import { useApp } from '../bridge/app.ts'
import type { Cause } from '../bridge/causes.ts'
import type { Bridge, PushResult } from '../bridge/sdk.ts'
import { useSession } from '../bridge/session.ts'

export type PushState =
  | { step: 'pushing' }
  | { step: 'sent' }
  | { step: 'cancelled' }
  /** The client did not send it. */
  | { step: 'refused'; cause: Cause }
  /** The share could not be made. */
  | { step: 'failed'; failure: unknown }

/** What this rep pushed to the customer of the chat, newest first. */
export interface Pushed {
  shareId: string
  at: string
  opened: boolean
}

const longestReason = 500

/**
 * Pushes one material at a time. The server makes the share, the client sends, and we report the
 * client's answer to the server.
 */
export const usePush = defineStore('push', () => {
  const { call, now, newKey } = useApp()
  const session = useSession()
  const states = reactive(new Map<string, PushState>())
  const pushed = shallowRef<ReadonlyMap<string, Pushed>>(new Map())
  /**
   * The keys of tries whose answers got lost. The next try uses the same key and gets the same
   * share.
   */
  const keys = new Map<string, string>()
  const unsettled = new Map<string, PushResult>()
  let busy = false

  async function push(materialId: string): Promise<PushState | null> {
    const { entry, target } = session.entry
    const { bridge } = session
    // This also stops the second half of a double click.
    if (busy || !bridge || !session.canPush) return null
    busy = true
    try {
      states.set(materialId, { step: 'pushing' })
      const state = await attempt({ materialId, to: target, entry }, bridge)
      states.set(materialId, state)
      return state
    } finally {
      busy = false
    }
  }

  async function attempt(
    body: CallInput<typeof createShare>['body'],
    bridge: Bridge,
  ): Promise<PushState> {
    const idempotencyKey = keys.get(body.materialId) ?? newKey()
    keys.set(body.materialId, idempotencyKey)
    let made: Reply<typeof createShare>
    try {
      made = await call(createShare, { body, idempotencyKey })
    } catch (failure) {
      return { step: 'failed', failure }
    }
    keys.delete(body.materialId)
    const result = await bridge.push(made.message)
    void settle(made.share.id, result)
    if (result.state === 'failed') return { step: 'refused', cause: result.cause }
    if (result.state === 'sent')
      pushed.value = new Map(pushed.value).set(body.materialId, {
        shareId: made.share.id,
        at: new Date(now()).toISOString(),
        opened: false,
      })
    return { step: result.state }
  }

  /**
   * Reports the outcome. The message is sent (or not) in any case. A lost report is repeated with
   * the next look at the list.
   */
  async function settle(id: string, result: PushResult): Promise<void> {
    const reason =
      result.state === 'failed'
        ? `${result.cause.code}: ${result.cause.said}`.slice(0, longestReason)
        : undefined
    unsettled.set(id, result)
    await call(settleShare, { params: { id }, body: { state: result.state, reason } }).then(
      () => unsettled.delete(id),
      () => false,
    )
  }

  async function loadPushed(): Promise<void> {
    await Promise.all(Array.from(unsettled, ([id, result]) => settle(id, result)))
    const externalUserId = session.externalUserId
    if (!externalUserId) return
    // Without it the list lacks only its "pushed" marks.
    const page = await call(listShares, { query: { externalUserId, limit: '50' } }).catch(
      () => null,
    )
    if (!page) return
    const newest = new Map<string, Pushed>()
    for (const { id, materialId, state, createdAt, opened } of page.items) {
      if (state === 'sent' && !newest.has(materialId))
        newest.set(materialId, { shareId: id, at: createdAt, opened })
    }
    // Our own push is newer than the list only while the server has not heard that it was sent.
    const listed = new Set(page.items.flatMap(({ id, state }) => (state === 'sent' ? id : [])))
    for (const [materialId, own] of pushed.value)
      if (!listed.has(own.shareId)) newest.set(materialId, own)
    pushed.value = newest
  }

  return { states, pushed, push, loadPushed }
})
